import type { Db, Trx } from '../db/schema.ts';

/** Who decided about a purchase, and the words that belong to the decision. */
export interface DecidedApproval {
  readonly subscriptionId: string;
  readonly decidedBy: string;
  /** For the publisher's own people. */
  readonly reason: string | null;
  /** For the buyer of a declined purchase. */
  readonly messageToBuyer: string | null;
  readonly decidedAt: Date;
}

export async function saveApproval(trx: Trx, decided: DecidedApproval): Promise<void> {
  await trx.insertInto('approvals').values(decided).execute();
}

/** By subscription id. Purchases without a decision are absent. */
export async function approvalsOf(
  db: Db['kysely'],
  subscriptionIds: readonly string[],
): Promise<ReadonlyMap<string, DecidedApproval>> {
  if (subscriptionIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('approvals')
    .selectAll()
    .where('subscriptionId', 'in', subscriptionIds)
    .execute();
  return new Map(rows.map((row) => [row.subscriptionId, row]));
}
