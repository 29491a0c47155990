import type { DecisionPolicy } from '@landfall/contracts/policy';
import type { Db, Trx } from '../db/schema.ts';

export interface PolicyInForce extends DecisionPolicy {
  /** When the rules were set; they do not apply to earlier notifications. Undefined if none were ever set. */
  readonly since: Date | undefined;
}

/** A stored policy. */
export interface PolicyRow {
  readonly rules: unknown[];
  readonly settings: Record<string, unknown>;
  readonly updatedAt: Date;
}

/** The general policy, in the history. */
const GENERAL = '';

const columns = ['rules', 'settings', 'updatedAt'] as const;

/**
 * The rules in force for a publisher's subscriptions: its own policy as a whole, otherwise the general one,
 * reduced to the rules that can concern it. Without a publisher: the general policy. Rows are read by key, so
 * each decision can afford it.
 */
export async function readPolicy(
  db: Db['kysely'],
  publisherId: string | undefined,
): Promise<PolicyInForce> {
  const own =
    publisherId === undefined
      ? undefined
      : await db
          .selectFrom('publisherPolicies')
          .select(columns)
          .where('publisherId', '=', publisherId)
          .executeTakeFirst();
  const row = own ?? (await db.selectFrom('policy').select(columns).executeTakeFirst());
  return publisherId === undefined ? toPolicy(row) : policyFor(row, publisherId);
}

/** A publisher's own policy or the general one, reduced to the rules that can concern the publisher. */
export function policyFor(row: PolicyRow | undefined, publisherId: string): PolicyInForce {
  const policy = toPolicy(row);
  const concerns = (of: { readonly publisherId?: string | undefined }) =>
    of.publisherId === undefined || of.publisherId === publisherId;
  return { ...policy, rules: policy.rules.filter(concerns), plans: policy.plans.filter(concerns) };
}

/** The policy of a publisher. Without a name: every policy that could apply, one per publisher. */
export async function policiesFor(
  db: Db['kysely'],
  publisherId: string | undefined,
): Promise<PolicyInForce[]> {
  const policy = await readPolicy(db, publisherId);
  if (publisherId !== undefined) return [policy];
  const rows = await db.selectFrom('publisherPolicies').select(columns).execute();
  return [policy, ...rows.map((row) => toPolicy(row))];
}

/** Replaces a publisher's own policy or, without a publisher, the general one. The version is kept in the history. */
export async function writePolicy(
  db: Trx,
  publisherId: string | undefined,
  written: { readonly policy: DecisionPolicy; readonly at: Date; readonly author: string },
): Promise<void> {
  const { rules, ...rest } = written.policy;
  const values = {
    rules: JSON.stringify(rules),
    settings: JSON.stringify(rest),
    updatedAt: written.at,
  };
  const { updatedAt: savedAt, ...content } = values;
  await db
    .insertInto('policyVersions')
    .values({ ...content, publisherId: publisherId ?? GENERAL, author: written.author, savedAt })
    .execute();
  if (publisherId === undefined) {
    await db
      .insertInto('policy')
      .values(values)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute();
    return;
  }
  await db
    .insertInto('publisherPolicies')
    .values({ publisherId, ...values })
    .onConflict((conflict) => conflict.column('publisherId').doUpdateSet(values))
    .execute();
}

export interface PolicyVersion {
  readonly version: string;
  readonly savedAt: Date;
  readonly author: string | null;
  readonly policy: DecisionPolicy;
}

/** Saved versions of a publisher's own policy or, without a publisher, of the general one. Newest first. */
export async function readPolicyVersions(
  db: Db['kysely'],
  publisherId: string | undefined,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<PolicyVersion[]> {
  let query = db
    .selectFrom('policyVersions')
    .selectAll()
    .where('publisherId', '=', publisherId ?? GENERAL)
    .orderBy('version', 'desc')
    .limit(page.limit);
  if (page.after !== undefined) query = query.where('version', '<', page.after);
  const rows = await query.execute();
  return rows.map(({ version, savedAt, author, rules, settings }) => {
    const { since: _, ...policy } = toPolicy({ rules, settings, updatedAt: savedAt });
    return { version, savedAt, author, policy };
  });
}

function toPolicy(row: PolicyRow | undefined): PolicyInForce {
  const settings = (row?.settings ?? {}) as Partial<DecisionPolicy>;
  return {
    plans: [],
    compensateLateRefusals: true,
    ...settings,
    rules: (row?.rules ?? []) as DecisionPolicy['rules'],
    since: row?.updatedAt,
  };
}
