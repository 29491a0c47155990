import { subscriptionFactKinds } from '@landfall/contracts/subscription-facts';
import type { Evidence } from '../evidence.ts';
import { groupBy, type Breach } from './breach.ts';

const PUBLISHED: ReadonlySet<string> = new Set(subscriptionFactKinds);

/** Each published change has one fact, which was sent and received and has the current state. */
export function checkFacts(evidence: Evidence): Breach[] {
  return [...counts(evidence), ...arrivals(evidence), ...projections(evidence)];
}

function counts({ timeline, facts }: Evidence): Breach[] {
  const keyOf = (row: { readonly subscriptionId: string; readonly kind: string }) =>
    `${row.subscriptionId} ${row.kind}`;
  const published = groupBy(facts, keyOf);
  const happened = groupBy(
    timeline.filter(({ kind }) => PUBLISHED.has(kind)),
    keyOf,
  );
  return [...new Set([...published.keys(), ...happened.keys()])].flatMap((key) => {
    const facts = published.get(key)?.length ?? 0;
    const entries = happened.get(key)?.length ?? 0;
    if (facts === entries) return [];
    const [subscriptionId = '', kind = ''] = key.split(' ');
    const found = `${entries} times ${kind}, ${facts} facts`;
    return [{ guarantee: 'each published change has one fact', subscriptionId, found }];
  });
}

function arrivals({ facts, billing }: Evidence): Breach[] {
  const received = new Set(billing.received);
  const ids = new Set<string>();
  return facts.flatMap(({ messageId, subscriptionId, kind, isPublished: isSent }) => {
    const what = `${kind} ${messageId}`;
    const breaches: Breach[] = [];
    if (!isSent)
      breaches.push({ guarantee: 'each fact is published', subscriptionId, found: what });
    else if (!received.has(messageId)) {
      breaches.push({ guarantee: 'each fact is received', subscriptionId, found: what });
    }
    if (ids.has(messageId)) {
      breaches.push({ guarantee: 'each fact has its own id', subscriptionId, found: what });
    }
    ids.add(messageId);
    return breaches;
  });
}

/** Billing learns only from facts: its highest version is the version of the last fact. */
function projections({ facts, billing }: Evidence): Breach[] {
  const last = new Map<string, number>();
  for (const { subscriptionId, version } of facts) {
    last.set(subscriptionId, Math.max(version, last.get(subscriptionId) ?? 0));
  }
  const theirs = new Map(billing.subscriptions.map(({ id, version }) => [id, version]));
  return [...last].flatMap(([subscriptionId, version]) => {
    const known = theirs.get(subscriptionId);
    if (known === version) return [];
    const found = `billing has version ${known ?? 'none'}, the last fact ${version}`;
    return [{ guarantee: 'billing has the last state', subscriptionId, found }];
  });
}
