import type { ChangeOrigin } from '@landfall/domain/change';
import { knownAction } from '@landfall/domain/operation';
import { overtakenBy } from '@landfall/domain/told';
import { createGroupCommit } from '@landfall/service-kit/group-commit';
import { prepare, runPrepared, type Executor } from '@landfall/service-kit/prepared';
import type { ChangeRow } from './changes.ts';
import { CLOSE_MS, otherEffects } from './expectations.ts';
import type { OperationRow } from './operations.ts';
import { policyFor, type PolicyInForce, type PolicyRow } from './policy.ts';
import { toRecord, type BegunReading, type SubscriptionRow } from './subscriptions.ts';

/** An operation that Microsoft has shown, and that is looked up here. */
export interface AskedOperation {
  readonly subscriptionId: string;
  readonly operationId: string;
  readonly action: string;
  readonly notifiedAt: Date;
  /** Whether the publisher's rules may be needed. */
  readonly needsPolicy: boolean;
}

/** Everything that we know about an operation and its subscription. A reading of Microsoft's record may begin with it. */
export interface KnownOperation extends BegunReading {
  /** The decision and the outcome; undefined if there is neither. */
  readonly row:
    | Pick<OperationRow, 'decision' | 'reason' | 'ruleId' | 'message' | 'outcome'>
    | undefined;
  /** Who requested the change, if it is a change of ours that Microsoft carries out as this operation. */
  readonly origin: ChangeOrigin | undefined;
  readonly openChange: Pick<ChangeRow, 'origin' | 'kind' | 'planId' | 'quantity'> | undefined;
  /** See `hasCloseNeighbour`. */
  readonly hasCloseNeighbour: boolean;
  /** Present if it was needed and the subscription is known. */
  readonly policy: PolicyInForce | undefined;
}

export type ReadKnownOperation = (asked: AskedOperation) => Promise<KnownOperation>;

/** Reads that are requested at the same time share a statement. */
export function createKnownOperations(db: Executor): ReadKnownOperation {
  const reads = createGroupCommit<AskedOperation, KnownOperation>(async (asked) => {
    const parameter = JSON.stringify(asked.map((one, place) => askedRow(one, place)));
    const rows = await runPrepared<Row>(db, statement, [parameter]);
    const found = new Map(rows.map((row) => [row.place, row]));
    return asked.map((_, place) => toKnown(found.get(place)));
  });
  return (asked) => reads.add(asked);
}

function askedRow(asked: AskedOperation, place: number) {
  const { subscriptionId, operationId, action, notifiedAt, needsPolicy } = asked;
  const known = knownAction(action);
  return {
    place,
    subscriptionId,
    operationId,
    others: known === undefined ? [] : overtakenBy[known],
    after: new Date(notifiedAt.getTime() - CLOSE_MS),
    needsPolicy,
  };
}

const statement = prepare(
  'known-operations',
  `with asked as (
    select * from jsonb_to_recordset($1::jsonb) as asked (place int, "subscriptionId" text, "operationId" text,
      others text[], after timestamptz, "needsPolicy" boolean))
  select asked.place, clock_timestamp() as "begunAt", record.state, record.version, record.missing_at as "missingAt",
    record.read_at as "readAt", record.created_at as "createdAt", record.updated_at as "updatedAt",
    operation.operation_id as "operationId", operation.decision, operation.reason, operation.rule_id as "ruleId",
    operation.message, operation.outcome,
    (select origin from changes where changes.operation_id = asked."operationId" limit 1) as origin,
    open.origin as "openOrigin", open.kind as "openKind", open.plan_id as "openPlanId", open.quantity as "openQuantity",
    exists (${otherEffects({
      subscriptionId: 'asked."subscriptionId"',
      key: 'asked."operationId"',
      operationId: 'asked."operationId"',
      others: 'asked.others',
      after: 'asked.after',
    })}) as "hasCloseNeighbour",
    case when asked."needsPolicy" then coalesce(
      (select jsonb_build_object('rules', rules, 'settings', settings, 'updatedAt', updated_at)
        from publisher_policies where publisher_id = record.publisher_id),
      (select jsonb_build_object('rules', rules, 'settings', settings, 'updatedAt', updated_at) from policy),
      '{}') end as policy
  from asked
  left join subscriptions as record on record.id = asked."subscriptionId"
  left join operations as operation on operation.subscription_id = asked."subscriptionId"
    and operation.operation_id = asked."operationId"
  left join changes as open on open.subscription_id = asked."subscriptionId" and open.state in ('requested', 'sent')`,
);

type Row = Omit<SubscriptionRow, 'version'> &
  NonNullable<KnownOperation['row']> & {
    readonly place: number;
    readonly begunAt: Date;
    readonly version: number | null;
    readonly operationId: string | null;
    readonly origin: ChangeOrigin | null;
    readonly openOrigin: ChangeOrigin | null;
    readonly openKind: ChangeRow['kind'];
    readonly openPlanId: string | null;
    readonly openQuantity: number | null;
    readonly hasCloseNeighbour: boolean;
    readonly policy: (Partial<Omit<PolicyRow, 'updatedAt'>> & { updatedAt?: string }) | null;
  };

function toKnown(row: Row | undefined): KnownOperation {
  if (!row) throw new Error('a left join returned no row');
  const { version, begunAt, policy, openOrigin, origin, hasCloseNeighbour } = row;
  const before = version === null ? undefined : toRecord({ ...row, version });
  const { openKind: kind, openPlanId: planId, openQuantity: quantity } = row;
  return {
    before,
    begunAt,
    row: row.operationId === null ? undefined : row,
    origin: origin ?? undefined,
    openChange: openOrigin === null ? undefined : { origin: openOrigin, kind, planId, quantity },
    hasCloseNeighbour,
    policy: before && policy ? policyFor(policyRow(policy), before.state.publisherId) : undefined,
  };
}

/** Undefined if no policy was ever set. */
function policyRow({ rules, settings, updatedAt }: NonNullable<Row['policy']>) {
  if (!rules || !settings || updatedAt === undefined) return undefined;
  return { rules, settings, updatedAt: new Date(updatedAt) };
}
