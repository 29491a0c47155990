import { ZERO, decimal, decimalText } from '@landfall/domain/decimal';
import {
  DIFFERENCES,
  differenceOf,
  judgeDay,
  type Difference,
  type ReportedDay,
} from '@landfall/domain/read-back';
import { inTransaction } from '@landfall/service-kit/database';
import type { Db } from '../db/schema.ts';
import { openIncidents, openOn, settleGone, type IncidentKey } from '../store/incidents.ts';
import { billedDays, saveDays, type BilledDay, type ComparedDay } from '../store/read-back.ts';
import type { DayReport } from './report.ts';

/** Dimensions that are compared and saved at once. Each page reads the day's hours again, so pages are large. */
const PAGE = 2000;

export interface CompareDeps {
  readonly db: Db;
  readonly now: () => Date;
  /** For subscriptions that Landfall does not know. */
  readonly publisherId: string;
  /** Compares the usage of this publisher; undefined: all usage. */
  readonly only: string | undefined;
  /** Called after incidents were opened. */
  readonly onFound: (incidents: readonly { id: string; kind: string }[]) => void;
}

/**
 * Compares a day of the ledger with Microsoft's report of it, and saves the verdicts. The ledger is read after the report,
 * so it contains everything that the report can contain.
 */
export async function compareDay(deps: CompareDeps, day: string, report: DayReport): Promise<void> {
  const now = deps.now();
  const filter = { publisherId: deps.only, day, of: report.of };
  const open = await openOn(deps.db.kysely, { ...filter, kinds: DIFFERENCES });
  const saving = { now, open: new Set(open.map(keyOf)) };
  for (let after: BilledDay | undefined; ;) {
    const page = await billedDays(deps.db.kysely, filter, { after, limit: PAGE });
    const compared = page.map((ours) => compare({ day, now, ours, theirs: report.take(ours) }));
    await save(deps, compared, saving);
    after = page.at(-1);
    if (page.length < PAGE) break;
  }
  const rest = report.rest();
  for (let from = 0; from < rest.length; from += PAGE) {
    const compared = rest
      .slice(from, from + PAGE)
      .map((theirs) => compare({ day, now, ours: { ...theirs, ...NOTHING }, theirs }));
    await save(deps, compared, saving);
  }
}

const NOTHING = { billed: '0', isUnsettled: false, settledAt: null } as const;

function compare(of: {
  readonly day: string;
  readonly now: Date;
  readonly ours: BilledDay;
  readonly theirs: ReportedDay | undefined;
}): ComparedDay {
  const { day, now, ours, theirs } = of;
  const { billed, isUnsettled, settledAt, subscriptionId, planId, dimension } = ours;
  const ledger = { billed: decimal(billed), isUnsettled, settledAt: settledAt ?? undefined };
  const isHere = isUnsettled || !ledger.billed.eq(ZERO);
  return {
    subscriptionId,
    planId,
    dimension,
    day,
    ours: billed,
    submitted: theirs?.submitted && decimalText(theirs.submitted),
    processed: theirs?.processed && decimalText(theirs.processed),
    reconStatus: theirs?.status,
    verdict: judgeDay(isHere ? ledger : undefined, theirs, now),
  };
}

/** Saves the verdicts, opens an incident for each difference, and settles those whose difference is gone. */
async function save(
  deps: CompareDeps,
  compared: readonly ComparedDay[],
  { now, open }: { readonly now: Date; readonly open: ReadonlySet<string> },
): Promise<void> {
  if (compared.length === 0) return;
  const { db, publisherId } = deps;
  const gone = compared.filter((one) => one.verdict !== 'processing' && open.has(keyOf(one)));
  const opened = await inTransaction(db, async (trx) => {
    await saveDays(trx, publisherId, compared, now);
    await settleGone(trx, gone.map(settlementOf), now);
    const found = compared.flatMap((one) => {
      const kind = differenceOf(one.verdict);
      if (!kind) return [];
      const theirs = one.processed ?? one.submitted ?? null;
      return [{ ...one, publisherId, kind, theirs, message: messageOf(kind, one) }];
    });
    return openIncidents(trx, found, now);
  });
  deps.onFound(opened);
}

/** Settles incidents of every kind other than the present verdict. */
function settlementOf(one: ComparedDay) {
  const { subscriptionId, planId, dimension, day, verdict } = one;
  const kinds = DIFFERENCES.filter((kind) => kind !== verdict);
  return { subscriptionId, planId, dimension, day, kinds, reason: GONE[verdict] };
}

function keyOf({ subscriptionId, planId, dimension }: Omit<IncidentKey, 'day'>): string {
  return JSON.stringify([subscriptionId, planId, dimension]);
}

/** Why earlier incidents of the day are settled by a verdict. */
const GONE: Readonly<Record<ComparedDay['verdict'], string>> = {
  agrees: "Microsoft's report now agrees with the ledger.",
  'not-billed': "Microsoft's report now shows the day as a test that is not billed.",
  processing: '',
  mismatch: "Microsoft's report now shows another quantity; see the incident of kind mismatch.",
  rejected: 'Microsoft has now rejected the day; see the incident of kind rejected.',
  missing: "The day is now missing from Microsoft's report; see the incident of kind missing.",
  'unknown-here': 'The ledger has no usage for this day; see the incident of kind unknown-here.',
};

function messageOf(kind: Difference, one: ComparedDay): string {
  const status = one.reconStatus || 'none';
  switch (kind) {
    case 'mismatch':
      return `Microsoft accepted ${one.ours} from Landfall, but its report has ${one.processed ?? 'no quantity'} (status ${status}). If the report has more, the customer is overcharged: correct it in Partner Center. If it has less, open a support case with Microsoft.`;
    case 'rejected':
      return `Microsoft accepted ${one.ours} and later rejected it, so it is not billed. Open a support case with Microsoft, and name the subscription, dimension and day.`;
    case 'missing':
      return `Microsoft accepted ${one.ours}, but its report still does not have it two days later. Open a support case with Microsoft; usage.hours has the ids of the usage events.`;
    case 'unknown-here':
      return `Microsoft's report has ${one.processed ?? one.submitted ?? 'a quantity'} that Landfall did not send, or for which it got no answer. Look for another program that sends usage for this offer, then correct the quantity in Partner Center.`;
  }
}
