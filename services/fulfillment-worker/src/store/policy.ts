import type { DecisionPolicy } from '@landfall/contracts/policy.ts';
import type { Db } from '../db/schema.ts';

/** The rules in force. One row by its key: cheap enough to be read for each decision. */
export async function readPolicy(db: Db['kysely']): Promise<DecisionPolicy> {
  const row = await db.selectFrom('policy').select('rules').executeTakeFirst();
  return { rules: (row?.rules ?? []) as DecisionPolicy['rules'] };
}

export async function writePolicy(db: Db['kysely'], policy: DecisionPolicy): Promise<void> {
  const rules = JSON.stringify(policy.rules);
  await db
    .insertInto('policy')
    .values({ rules })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ rules }))
    .execute();
}
