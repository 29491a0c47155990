import type { DecisionPolicy } from '@landfall/contracts/policy.ts';
import type { Db } from '../db/schema.ts';

export interface PolicyInForce extends DecisionPolicy {
  /** What arrived before is no matter of these rules; undefined where none were ever set. */
  readonly since: Date | undefined;
}

/** The rules in force. One row by its key: cheap enough to be read for each decision. */
export async function readPolicy(db: Db['kysely']): Promise<PolicyInForce> {
  const row = await db
    .selectFrom('policy')
    .select(['rules', 'settings', 'updated_at'])
    .executeTakeFirst();
  const settings = (row?.settings ?? {}) as Partial<DecisionPolicy>;
  return {
    plans: [],
    compensateLateRefusals: true,
    ...settings,
    rules: (row?.rules ?? []) as DecisionPolicy['rules'],
    since: row?.updated_at,
  };
}

export async function writePolicy(
  db: Db['kysely'],
  policy: DecisionPolicy,
  at: Date,
): Promise<void> {
  const { rules, ...rest } = policy;
  const written = {
    rules: JSON.stringify(rules),
    settings: JSON.stringify(rest),
    updated_at: at,
  };
  await db
    .insertInto('policy')
    .values(written)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(written))
    .execute();
}
