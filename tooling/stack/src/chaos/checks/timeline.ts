import type { SubscriptionEventType } from '@landfall/domain/events';
import type { OperationView } from '@landfall/emulator/views';
import type { Evidence, SubscriptionRow, TimelineRow } from '../evidence.ts';
import { groupBy, type Breach } from './breach.ts';

type Change = Exclude<SubscriptionEventType, 'contradictionSeen'>;

/** The kinds of entries that change the record. Each raises the version by one. */
const changes: Readonly<Record<Change, true>> = {
  purchased: true,
  activationRequested: true,
  approvalRequested: true,
  approvalDue: true,
  approved: true,
  declined: true,
  approvalBypassed: true,
  claimed: true,
  activationSent: true,
  activated: true,
  activationFailed: true,
  planChanged: true,
  quantityChanged: true,
  suspended: true,
  reinstated: true,
  renewed: true,
  unsubscribed: true,
  detailsChanged: true,
  statusUnrecognised: true,
  termImpossible: true,
  beneficiaryChanged: true,
  purchaserChanged: true,
  provisioningRequested: true,
  provisioned: true,
  provisioningFailed: true,
  autoRenewChanged: true,
  sourceOffersSeen: true,
  configurationDue: true,
  suspensionEnding: true,
  erasureDue: true,
  personalDataErased: true,
  personErased: true,
  imported: true,
};

const CHANGES: ReadonlySet<string> = new Set(Object.keys(changes));

/** Entries that follow the end of a subscription. */
const AFTERWARDS: ReadonlySet<string> = new Set<Change>([
  'activationFailed',
  'provisioningFailed',
  'erasureDue',
  'personalDataErased',
  'personErased',
]);

/**
 * Entries that must never appear, because in these runs the marketplace does not contradict itself
 * and no notification is forged.
 */
const NEVER: ReadonlySet<string> = new Set([
  'contradictionSeen',
  'operationContradicted',
  'operationUnconfirmed',
  'effectMissing',
  'statusUnrecognised',
  'actionUnrecognised',
  'missingAtMicrosoft',
  'taskParked',
]);

/** The statuses that may precede a change. */
const FROM: Readonly<Record<string, readonly string[]>> = {
  activated: ['pending'],
  suspended: ['active'],
  reinstated: ['suspended'],
  unsubscribed: ['pending', 'active', 'suspended'],
};
const TO: Readonly<Record<string, string>> = {
  activated: 'active',
  suspended: 'suspended',
  reinstated: 'active',
  unsubscribed: 'ended',
};

/** The timeline is a possible history, and has no effect twice. */
export function checkTimeline(evidence: Evidence): Breach[] {
  const entries = groupBy(evidence.timeline, ({ subscriptionId }) => subscriptionId);
  const operations = groupBy(
    evidence.marketplace.operations,
    ({ subscriptionId }) => subscriptionId,
  );
  return evidence.subscriptions.flatMap((row) => {
    const own = entries.get(row.id) ?? [];
    const theirs = operations.get(row.id) ?? [];
    return [...versions(row, own), ...story(row.id, own), ...effects(row.id, own, theirs)];
  });
}

function versions(row: SubscriptionRow, own: readonly TimelineRow[]): Breach[] {
  const count = own.filter(({ kind }) => CHANGES.has(kind)).length;
  if (count === row.version) return [];
  const found = `version ${row.version}, ${count} changes`;
  const guarantee = 'each change raises the version by one';
  return [{ guarantee, subscriptionId: row.id, found }];
}

function story(subscriptionId: string, own: readonly TimelineRow[]): Breach[] {
  const breaches: Breach[] = [];
  const breach = (guarantee: string, found: string) =>
    void breaches.push({ guarantee, subscriptionId, found });
  let status = 'unknown';
  for (const { kind, operationId } of own) {
    const what = `${kind} (${operationId ?? 'no operation'})`;
    if (NEVER.has(kind)) breach('nothing looks forged, contradictory or lost', what);
    if (kind === 'purchased') {
      if (status !== 'unknown') breach('a purchase is recorded once', what);
      status = 'pending';
    } else if (CHANGES.has(kind)) {
      if (status === 'unknown') breach("a subscription's timeline starts with the purchase", what);
      if (status === 'ended' && !AFTERWARDS.has(kind)) {
        breach('a subscription does not change after its end', what);
      }
      if (FROM[kind] && !FROM[kind].includes(status)) {
        breach('each change of status follows from the status before', `${what} while ${status}`);
      }
      status = TO[kind] ?? status;
    }
  }
  return breaches;
}

/** Each recorded value was in force at Microsoft, in this order, and no more often. */
function effects(
  subscriptionId: string,
  own: readonly TimelineRow[],
  operations: readonly OperationView[],
): Breach[] {
  const done = operations
    .filter(({ status }) => status === 'Succeeded')
    .toSorted((left, right) => Date.parse(left.endedAt ?? '') - Date.parse(right.endedAt ?? ''));
  const purchase = own.find(({ kind }) => kind === 'purchased')?.details ?? {};
  const breaches: Breach[] = [];
  for (const { kind, action, field } of VALUES) {
    const first = purchase[field];
    const theirs = done.filter((one) => one.action === action).map((one) => one[field]);
    const steps = own.filter((one) => one.kind === kind).map(({ details }) => details);
    const found = brokenChain(first, steps) ?? strangeOrder(theirs, steps);
    if (found === undefined) continue;
    const guarantee = `an operation has one effect (${kind})`;
    breaches.push({ guarantee, subscriptionId, found });
  }
  for (const [kind, action] of COUNTED) {
    const count = own.filter((one) => one.kind === kind).length;
    const most = done.filter((one) => one.action === action).length;
    if (count <= most) continue;
    const found = `${count} times, but ${most} operations`;
    const guarantee = `an operation has one effect (${kind})`;
    breaches.push({ guarantee, subscriptionId, found });
  }
  return breaches;
}

const VALUES = [
  { kind: 'planChanged', action: 'ChangePlan', field: 'planId' },
  { kind: 'quantityChanged', action: 'ChangeQuantity', field: 'quantity' },
] as const;

const COUNTED = [
  ['suspended', 'Suspend'],
  ['reinstated', 'Reinstate'],
  ['renewed', 'Renew'],
  ['unsubscribed', 'Unsubscribe'],
] as const;

type Step = Readonly<Record<string, unknown>>;

function brokenChain(first: unknown, steps: readonly Step[]): string | undefined {
  let current = first;
  for (const { from, to } of steps) {
    if (from !== current) return `from ${String(from)} although ${String(current)} was in force`;
    current = to;
  }
  return undefined;
}

/** Several changes between two reads count as one. None is seen twice or out of order. */
function strangeOrder(theirs: readonly unknown[], steps: readonly Step[]): string | undefined {
  let at = 0;
  for (const { to } of steps) {
    const next = theirs.indexOf(to, at);
    if (next < 0) {
      const chain = theirs.map(String).join(', ');
      return `to ${String(to)}, which is not what came next of: ${chain}`;
    }
    at = next + 1;
  }
  return undefined;
}
