import type { Evidence } from '../evidence.ts';
import { groupBy, type Breach } from './breach.ts';

/**
 * The ISV's product has received every fact under the fact's id, verified, in order per
 * subscription.
 */
export function checkProductEvents({ facts, product }: Evidence): Breach[] {
  const breaches: Breach[] = product.rejected.map((found) => ({
    guarantee: 'every event passes verification',
    found,
  }));
  const ids = new Set(facts.map(({ messageId }) => messageId));
  for (const { messageId, subscriptionId, kind } of facts) {
    if (product.events.has(messageId)) continue;
    const found = `${kind} ${messageId}`;
    breaches.push({
      guarantee: 'the product receives an event for each fact',
      subscriptionId,
      found,
    });
  }
  for (const { id, type, subscriptionId, isContradicted } of product.events.values()) {
    const found = `${type} ${id}`;
    if (!ids.has(id)) breaches.push({ guarantee: 'each event has a fact', subscriptionId, found });
    if (isContradicted) {
      const guarantee = 'a repeated event has the same content';
      breaches.push({ guarantee, subscriptionId, found });
    }
  }
  return [...breaches, ...disorder(product)];
}

function disorder({ events }: Evidence['product']): Breach[] {
  const own = groupBy([...events.values()], ({ subscriptionId }) => subscriptionId);
  return [...own].flatMap(([subscriptionId, arrived]) => {
    const late = arrived.find((event, index) => event.version < (arrived[index - 1]?.version ?? 0));
    if (!late) return [];
    const found = `${late.type} of version ${late.version} arrived after a later one`;
    return [{ guarantee: 'events of a subscription arrive in order', subscriptionId, found }];
  });
}
