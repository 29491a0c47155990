import type { Evidence } from '../evidence.ts';
import { groupBy, type Breach } from './breach.ts';

/** An accepted change of the publisher ends, is sent once, and has the outcome of its operation. */
export function checkChanges({ ledger, changes, marketplace }: Evidence): Breach[] {
  const ours = new Map(changes.map((change) => [change.id, change]));
  const operations = new Map(marketplace.operations.map((one) => [one.id, one]));
  const lost = [...ledger.changes]
    .filter(([id]) => !ours.has(id))
    .map(([id, { subscriptionId }]) => ({
      guarantee: 'an accepted change is stored',
      subscriptionId,
      found: id,
    }));
  const wrong = changes.flatMap(({ id, subscriptionId, state, kind, operationId }) => {
    const breach = (guarantee: string, found: string): Breach[] => [
      { guarantee, subscriptionId, found: `${kind} ${id}: ${found}` },
    ];
    if (state !== 'succeeded' && state !== 'failed') return breach('a change ends', state);
    const status = operationId === null ? undefined : operations.get(operationId)?.status;
    if (operationId !== null && status === undefined) {
      return breach('the operation of a change exists', operationId);
    }
    const isContradicted = status === 'Succeeded' ? state !== 'succeeded' : false;
    return isContradicted
      ? breach('a change has the outcome of its operation', `${state}, operation ${status}`)
      : [];
  });
  return [...lost, ...wrong, ...sentTwice({ changes, marketplace })];
}

/** Calls cannot be fenced. Before a call is repeated, its operation is searched for. */
function sentTwice({ changes, marketplace }: Pick<Evidence, 'changes' | 'marketplace'>): Breach[] {
  const asked = groupBy(changes, ({ subscriptionId }) => subscriptionId);
  const sent = groupBy(
    marketplace.operations.filter(({ source }) => source === 'Partner'),
    ({ subscriptionId }) => subscriptionId,
  );
  return [...sent].flatMap(([subscriptionId, operations]) => {
    const most = asked.get(subscriptionId)?.length ?? 0;
    if (operations.length <= most) return [];
    const found = `${operations.length} operations for ${most} changes`;
    return [{ guarantee: 'a change is sent once', subscriptionId, found }];
  });
}
