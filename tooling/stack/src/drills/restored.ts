import { compareSides } from '../chaos/checks/both-sides.ts';
import type { Breach } from '../chaos/checks/breach.ts';
import { check } from '../chaos/checks/check.ts';
import type { Evidence } from '../chaos/evidence.ts';
import type { DrillContext } from './drill.ts';

interface Restored {
  /** Just before the loss. */
  readonly before: Evidence;
  /** What the backup had. */
  readonly restored: Evidence;
  /** After all repairs. */
  readonly after: Evidence;
}

/** The statement that raises the versions after a restore breaks this on purpose. */
const RAISED = 'each change raises the version by one';

/** What must hold even for a subscription that changed after the backup. Its history is lost; its state is not. */
const ALWAYS: ReadonlySet<string> = new Set([
  'a temporary fault parks no task',
  'each fact is published',
  'each fact is received',
  'each fact has its own id',
  'billing has the last state',
  'an accepted activation reaches the marketplace',
  'every event passes verification',
]);

export function differences(after: Evidence): Breach[] {
  return compareSides(after).map(({ subscriptionId, fields }) => ({
    guarantee: 'both sides have the same record',
    subscriptionId,
    found: fields.join('; '),
  }));
}

/** Broken guarantees, except on the history of subscriptions that changed after the backup. */
export function brokenHistory({ before, restored, after }: Restored): Breach[] {
  const [then, now] = [knowledge(before), knowledge(restored)];
  const isForgotten = (id: string) => then.get(id) !== now.get(id);
  return check(after, 'reconciled').filter(
    ({ guarantee, subscriptionId }) =>
      guarantee !== RAISED &&
      (subscriptionId === undefined || !isForgotten(subscriptionId) || ALWAYS.has(guarantee)),
  );
}

/** Of each subscription: how much the database knows about it. */
function knowledge(evidence: Evidence): Map<string, string> {
  const { changes, notifications, operations, subscriptions, timeline } = evidence;
  const known = new Map<string, string>();
  for (const { id, version } of subscriptions) known.set(id, `version ${version}`);
  for (const rows of [changes, notifications, operations, timeline]) {
    const counts = Map.groupBy<string, { readonly subscriptionId: string | null }>(
      rows,
      ({ subscriptionId }) => subscriptionId ?? '',
    );
    for (const [id, own] of counts) known.set(id, `${known.get(id) ?? ''} ${own.length}`);
  }
  return known;
}

/** Subscriptions that the product, which ignores older versions, knows with another plan, quantity or status. */
export function stale(restored: Evidence, { subscriptions, product }: Evidence): Breach[] {
  // Their versions begin again at one. The guide lets the product read these again.
  const isLost = new Set(subscriptions.map(({ id }) => id)).difference(
    new Set(restored.subscriptions.map(({ id }) => id)),
  );
  const last = new Map<string, Known>();
  for (const { subscriptionId, version, body } of product.events.values()) {
    const known = last.get(subscriptionId);
    if (known && known.version > version && !isLost.has(subscriptionId)) continue;
    last.set(subscriptionId, { version, body });
  }
  return subscriptions.flatMap(({ id, planId, quantity, status }) => {
    const known = last.get(id);
    if (!known) return [];
    const { subscription } = JSON.parse(known.body) as { subscription: Record<string, unknown> };
    const fields = ['planId', 'quantity', 'status'].map((name) => subscription[name]);
    const [ours, theirs] = [[planId, quantity, status].join(' '), fields.join(' ')];
    if (ours === theirs) return [];
    const found = `${theirs}, not ${ours}`;
    return [{ guarantee: 'the product knows the present state', subscriptionId: id, found }];
  });
}

interface Known {
  readonly version: number;
  readonly body: string;
}

/** What the backup did not have. */
export function showGap(
  { figure }: DrillContext,
  { before, restored }: Omit<Restored, 'after'>,
): void {
  const lost = (what: string, of: (evidence: Evidence) => readonly unknown[]) =>
    figure(`${what} lost`, of(before).length - of(restored).length);
  lost('subscriptions', ({ subscriptions }) => subscriptions);
  lost('notifications', ({ notifications }) => notifications);
  lost('usage records', ({ billing }) => billing.records);
  lost('answers of Microsoft about usage', ({ billing }) =>
    billing.hours.filter(({ state }) => state === 'settled'),
  );
}
