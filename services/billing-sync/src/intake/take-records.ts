import { inTransaction } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import type { Db, Trx } from '../db/schema.ts';
import { knownDimensions, type PlanKey } from '../store/catalogue.ts';
import { ensureMonths } from '../store/months.ts';
import { reportedSubscriptions } from '../store/subscriptions.ts';
import { type ClaimKey, findClaims, claimKey } from '../store/usage-claims.ts';
import { countRecords } from '../store/usage-records.ts';
import { countRefusals, type RefusedRecord } from '../store/usage-refusals.ts';
import { type Judged, judgeRecords, type Knowledge, type Verdict } from './judge-records.ts';
import { possiblePlans } from './plan-of-moment.ts';
import { type ReadRecord, readRecord, type UnreadableRecord } from './read-record.ts';

type Records = readonly (ReadRecord | UnreadableRecord)[];

export interface IntakeDeps {
  readonly db: Db;
  readonly log: Pick<Logger, 'debug'>;
  readonly now: () => Date;
  /** How long an hour waits for late reports before it is rated. */
  readonly graceMs: number;
}

/**
 * Takes a batch of usage in one transaction, which claims the event ids and counts the units. Each record gets its own
 * verdict, whatever its form, in the given order. Event ids belong to a publisher, so two publishers may use the same
 * one. With `publisherId`, other publishers' subscriptions count as unknown. With `dryRun`, the verdicts are the same and
 * nothing is written.
 */
export async function takeRecords(
  deps: IntakeDeps,
  given: {
    readonly records: readonly unknown[];
    readonly publisherId?: string | undefined;
    readonly dryRun?: boolean | undefined;
  },
): Promise<Verdict[]> {
  const { db, graceMs } = deps;
  const { publisherId, dryRun = false } = given;
  const now = deps.now();
  const records = given.records.map((record) => readRecord(record));
  if (!dryRun) await ensureMonths(db, now);
  const verdicts = await inTransaction(db, async (trx) => {
    const known = await knowledgeOf(trx, records, {
      publisherId,
      now,
      lock: dryRun ? 'none' : 'shared',
    });
    if (dryRun) {
      const claims = await findClaims(trx, known.keys);
      return judgeRecords(records, { ...known, claims }).verdicts;
    }
    const first = judgeRecords(records, known);
    const claimed = await countRecords(trx, first.counted, { now, graceMs });
    const judged = await withEarlierClaims(trx, first, { records, known, claimed });
    await countRefusals(trx, refusals(records, judged.verdicts, { known, publisherId }), now);
    return judged.verdicts;
  });
  const taken = verdicts.filter(({ outcome }) => outcome === 'taken').length;
  deps.log.debug({ records: records.length, taken, dryRun }, 'judged reported usage');
  return [...verdicts];
}

/** Knowledge without claims, and the ids whose claims matter. */
interface Known extends Knowledge {
  readonly keys: readonly ClaimKey[];
}

async function knowledgeOf(
  trx: Trx,
  records: Records,
  of: {
    readonly publisherId: string | undefined;
    readonly now: Date;
    readonly lock: 'shared' | 'none';
  },
): Promise<Known> {
  const ids = new Set(records.flatMap(({ subscriptionId }) => subscriptionId ?? []));
  const subscriptions = await reportedSubscriptions(trx, [...ids], of);
  const keys: ClaimKey[] = [];
  const plans = new Map<string, PlanKey>();
  for (const record of records) {
    const subscription = subscriptions.get(record.subscriptionId ?? '');
    if (!subscription || 'refusal' in record) continue;
    keys.push({ publisherId: subscription.publisherId, eventId: record.eventId });
    for (const plan of possiblePlans(record, subscription)) {
      plans.set(`${plan.publisherId}\n${plan.offerId}\n${plan.planId}`, plan);
    }
  }
  return {
    subscriptions,
    keys,
    claims: new Map(),
    dimensionsOf: await knownDimensions(trx, [...plans.values()]),
    now: of.now,
  };
}

/**
 * Judges again if ids that this batch did not claim had been claimed before. Counting shows most of them, so that a batch
 * of new ids needs no search. Refused records are not counted, but may repeat one that was.
 */
async function withEarlierClaims(
  trx: Trx,
  first: Judged,
  of: {
    readonly records: Records;
    readonly known: Known;
    readonly claimed: ReadonlySet<string>;
  },
): Promise<Judged> {
  const notClaimed = of.known.keys.filter((key) => !of.claimed.has(claimKey(key)));
  const claims = await findClaims(trx, notClaimed);
  return claims.size === 0 ? first : judgeRecords(of.records, { ...of.known, claims });
}

function refusals(
  records: Records,
  verdicts: readonly Verdict[],
  of: { readonly known: Knowledge; readonly publisherId: string | undefined },
): RefusedRecord[] {
  return records.flatMap((record, index): RefusedRecord[] => {
    const { refusal, message = '' } = verdicts[index] ?? {};
    if (refusal === undefined) return [];
    const { subscriptionId = '', meter: dimension = '', eventId } = record;
    const owner = of.known.subscriptions.get(subscriptionId)?.publisherId;
    const publisherId = owner ?? of.publisherId ?? '';
    return [{ publisherId, subscriptionId, dimension, eventId, refusal, message }];
  });
}
