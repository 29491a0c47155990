import { sql } from 'kysely';
import { type Decimal, decimal, decimalText } from '@landfall/domain/decimal';
import {
  type Counter,
  type CounterKey,
  type CounterState,
  counterKey,
} from '@landfall/domain/rating';
import type { Trx } from '../db/schema.ts';

type CounterRow = CounterKey & { [Units in keyof Counter]: string };

/**
 * Locks the counters of hours that are about to be rated, in the same order on every instance. A missing one is created.
 * The counter of a meter that gets tiers within a term starts with what its dimension has counted.
 */
export async function lockCounters(
  trx: Trx,
  keys: readonly CounterKey[],
): Promise<Map<string, Counter>> {
  if (keys.length === 0) return new Map();
  const given = givenKeys([...new Map(keys.map((key) => [counterKey(key), key])).values()]);
  await sql`
    insert into term_counters (subscription_id, plan_id, term_start, kind, name, used)
    select k.*, coalesce(d.used, 0) from ${given}
    left join term_counters d on k.kind = 'meter' and d.kind = 'dimension' and d.name = k.name
      and d.subscription_id = k.subscription_id and d.plan_id = k.plan_id
      and d.term_start = k.term_start
    order by 1, 2, 3, 4, 5
    on conflict do nothing`.execute(trx);
  const { rows } = await sql<CounterRow>`
    select c.subscription_id, c.plan_id, c.term_start, c.kind, c.name, c.used, c.reported, c.remainder
    from term_counters c join ${given} using (subscription_id, plan_id, term_start, kind, name)
    order by 1, 2, 3, 4, 5 for update of c`.execute(trx);
  return new Map(
    rows.map((row) => [
      counterKey(row),
      {
        used: decimal(row.used),
        reported: decimal(row.reported),
        remainder: decimal(row.remainder),
      },
    ]),
  );
}

export async function saveCounters(trx: Trx, counters: readonly CounterState[]): Promise<void> {
  if (counters.length === 0) return;
  const column = (pick: (counter: CounterState) => Decimal) =>
    counters.map((counter) => decimalText(pick(counter)));
  await sql`
    update term_counters c set used = k.used, reported = k.reported, remainder = k.remainder
    from unnest(
      ${counters.map((one) => one.subscriptionId)}::text[], ${counters.map((one) => one.planId)}::text[],
      ${counters.map((one) => one.termStart.toISOString())}::timestamptz[],
      ${counters.map((one) => one.kind)}::text[], ${counters.map((one) => one.name)}::text[],
      ${column((one) => one.used)}::numeric[], ${column((one) => one.reported)}::numeric[],
      ${column((one) => one.remainder)}::numeric[]
    ) as k (subscription_id, plan_id, term_start, kind, name, used, reported, remainder)
    where c.subscription_id = k.subscription_id and c.plan_id = k.plan_id
      and c.term_start = k.term_start and c.kind = k.kind and c.name = k.name`.execute(trx);
}

function givenKeys(keys: readonly CounterKey[]) {
  return sql`unnest(
    ${keys.map((key) => key.subscriptionId)}::text[], ${keys.map((key) => key.planId)}::text[],
    ${keys.map((key) => key.termStart.toISOString())}::timestamptz[],
    ${keys.map((key) => key.kind)}::text[], ${keys.map((key) => key.name)}::text[]
  ) as k (subscription_id, plan_id, term_start, kind, name)`;
}
