import type { Selectable } from 'kysely';
import type { ChangeOrigin, WantedChange } from '@landfall/domain/change';
import type { PolicyDecision } from '@landfall/domain/policy';
import type { ChangesTable, Db, Trx } from '../db/schema.ts';

export type ChangeRow = Selectable<ChangesTable>;

const OPEN = ['requested', 'sent'] as const;

/** Failure of a change that the publisher's rules or product refused: Microsoft was not asked. */
export const REFUSED_BY_PUBLISHER = 'refused-by-publisher';

export interface NewChange {
  readonly id: string;
  readonly subscriptionId: string;
  readonly wanted: WantedChange;
  readonly origin: ChangeOrigin;
  readonly approvedBy: string;
  /** The values in force when it was requested. */
  readonly from: { readonly planId: string; readonly quantity: number | null };
  /** The decision of the publisher's rules; absent if none applies. */
  readonly decision?: PolicyDecision | undefined;
  /** The operation that this changes back. */
  readonly compensates?: string | undefined;
  readonly at: Date;
}

/** Stores a change. If the publisher refuses it, it is stored with its outcome. */
export async function insertChange(trx: Trx, change: NewChange): Promise<void> {
  const { wanted, from, decision, at } = change;
  const refusal = decision?.answer === 'refuse' ? decision : undefined;
  await trx
    .insertInto('changes')
    .values({
      id: change.id,
      subscriptionId: change.subscriptionId,
      kind: wanted.kind,
      planId: wanted.kind === 'ChangePlan' ? wanted.planId : null,
      quantity: wanted.kind === 'ChangeQuantity' ? wanted.quantity : null,
      state: refusal ? 'failed' : 'requested',
      origin: change.origin,
      approvedBy: change.approvedBy,
      fromPlanId: from.planId,
      fromQuantity: from.quantity,
      decisionRuleId: decision?.ruleId ?? null,
      decisionReason: decision?.reason ?? null,
      decisionMessage: refusal?.message ? JSON.stringify(refusal.message) : null,
      sendingAt: null,
      operationId: null,
      compensates: change.compensates ?? null,
      failure: refusal ? REFUSED_BY_PUBLISHER : null,
      failureDetail: null,
      requestedAt: at,
      settledAt: refusal ? at : null,
    })
    .execute();
}

/** Whether a change back exists for a refused operation. */
export async function hasCompensation(
  trx: Trx,
  refused: { readonly subscriptionId: string; readonly operationId: string },
): Promise<boolean> {
  const row = await trx
    .selectFrom('changes')
    .select('id')
    .where('subscriptionId', '=', refused.subscriptionId)
    .where('compensates', '=', refused.operationId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a change back led to this target since then. */
export async function hasCompensationTo(
  trx: Trx,
  wanted: {
    readonly subscriptionId: string;
    readonly kind: ChangeRow['kind'];
    readonly planId?: string;
    readonly quantity?: number;
    readonly since: Date;
  },
): Promise<boolean> {
  let query = trx
    .selectFrom('changes')
    .select('id')
    .where('subscriptionId', '=', wanted.subscriptionId)
    .where('compensates', 'is not', null)
    .where('kind', '=', wanted.kind)
    .where('requestedAt', '>=', wanted.since);
  if (wanted.planId !== undefined) query = query.where('planId', '=', wanted.planId);
  if (wanted.quantity !== undefined) query = query.where('quantity', '=', wanted.quantity);
  return (await query.executeTakeFirst()) !== undefined;
}

/** How many changes of a subscription the publisher refused since then, counted up to `limit`. */
export async function countRefusedHere(
  trx: Trx,
  of: { readonly subscriptionId: string; readonly since: Date; readonly limit: number },
): Promise<number> {
  const rows = await trx
    .selectFrom('changes')
    .select('id')
    .where('subscriptionId', '=', of.subscriptionId)
    .where('requestedAt', '>=', of.since)
    .where('failure', '=', REFUSED_BY_PUBLISHER)
    .limit(of.limit)
    .execute();
  return rows.length;
}

export async function findChange(db: Db['kysely'], id: string): Promise<ChangeRow | undefined> {
  return await db.selectFrom('changes').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Who requested the change that Microsoft carries out as this operation; undefined if the change is not ours. */
export async function originOfOperation(
  db: Db['kysely'],
  operationId: string,
): Promise<ChangeOrigin | undefined> {
  const row = await db
    .selectFrom('changes')
    .select('origin')
    .where('operationId', '=', operationId)
    .executeTakeFirst();
  return row?.origin;
}

/** The open change of a subscription. There is at most one. */
export async function openChange(
  db: Db['kysely'],
  subscriptionId: string,
): Promise<ChangeRow | undefined> {
  return await db
    .selectFrom('changes')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .where('state', 'in', OPEN)
    .executeTakeFirst();
}

export async function openChanges(
  db: Db['kysely'],
  subscriptionIds: readonly string[],
): Promise<Map<string, ChangeRow>> {
  if (subscriptionIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('changes')
    .selectAll()
    .where('subscriptionId', 'in', subscriptionIds)
    .where('state', 'in', OPEN)
    .execute();
  return new Map(rows.map((row) => [row.subscriptionId, row]));
}

export async function recordSending(trx: Trx, id: string, at: Date | null): Promise<void> {
  await trx.updateTable('changes').set({ sendingAt: at }).where('id', '=', id).execute();
}

export async function recordSent(trx: Trx, id: string, operationId: string): Promise<void> {
  await trx
    .updateTable('changes')
    .set({ state: 'sent', operationId })
    .where('id', '=', id)
    .where('state', '=', 'requested')
    .execute();
}

/** Stores the outcome of a change. False if it already had one. */
export async function settleChange(
  trx: Trx,
  id: string,
  settled: {
    readonly failure: string | undefined;
    /** Microsoft's own text. */
    readonly detail?: string | undefined;
    readonly at: Date;
  },
): Promise<boolean> {
  const row = await trx
    .updateTable('changes')
    .set({
      state: settled.failure === undefined ? 'succeeded' : 'failed',
      failure: settled.failure ?? null,
      failureDetail: settled.detail ?? null,
      settledAt: settled.at,
    })
    .where('id', '=', id)
    .where('state', 'in', OPEN)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export function wantedOf(change: ChangeRow): WantedChange {
  switch (change.kind) {
    case 'ChangePlan':
      return { kind: 'ChangePlan', planId: change.planId ?? '' };
    case 'ChangeQuantity':
      return { kind: 'ChangeQuantity', quantity: change.quantity ?? 0 };
    default:
      return { kind: 'Unsubscribe' };
  }
}
