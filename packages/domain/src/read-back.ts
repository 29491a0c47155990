import { ZERO, type Decimal } from './decimal.ts';

/** Microsoft's usage report lags up to 48 hours: https://learn.microsoft.com/partner-center/marketplace-offers/marketplace-metering-service-apis-faq */
export const REPORT_LAG_MS = 48 * 60 * 60 * 1000;

export type ReadBackVerdict =
  | 'agrees'
  | 'processing'
  | 'mismatch'
  | 'rejected'
  | 'missing'
  | 'unknown-here'
  | 'not-billed';

/** Verdicts that a person must look at. */
export const DIFFERENCES = ['mismatch', 'rejected', 'missing', 'unknown-here'] as const;

export type Difference = (typeof DIFFERENCES)[number];

/** One day of one dimension in Microsoft's report. Undefined quantities are not known. */
export interface ReportedDay {
  /** An open set. Empty: not sent. */
  readonly status: string;
  readonly submitted: Decimal | undefined;
  readonly processed: Decimal | undefined;
}

/** The same day in Landfall's ledger. */
export interface LedgerDay {
  /** What Microsoft accepted. */
  readonly billed: Decimal;
  /** True while hours of the day are being sent, or may have reached Microsoft without an answer. */
  readonly isUnsettled: boolean;
  /** When Microsoft accepted the last hour of the day. */
  readonly settledAt: Date | undefined;
}

/** Statuses of usage that Microsoft does not charge for. */
const NOT_CHARGED: ReadonlySet<string> = new Set(['DryRun', 'TestHeaders']);

/** Compares a day of the ledger with Microsoft's report. Never throws, whatever the report contains. */
export function judgeDay(
  ours: LedgerDay | undefined,
  report: ReportedDay | undefined,
  now: Date,
): ReadBackVerdict {
  const billed = ours?.billed ?? ZERO;
  const isRecent = ours !== undefined && (ours.isUnsettled || !isOver(ours.settledAt, now));
  if (!report) return billed.eq(ZERO) ? 'agrees' : isRecent ? 'processing' : 'missing';
  if (NOT_CHARGED.has(report.status)) return 'not-billed';
  if (report.status === 'Rejected') return 'rejected';
  if (billed.eq(ZERO))
    return isNothing(report) ? 'agrees' : isRecent ? 'processing' : 'unknown-here';
  if (report.status === 'Mismatch') return 'mismatch';
  const counted = report.status === 'Submitted' ? undefined : report.processed;
  if (counted?.eq(billed)) return 'agrees';
  if (isRecent) return 'processing';
  if (report.status === 'Submitted' && report.submitted?.eq(billed)) return 'processing';
  return 'mismatch';
}

/** The difference that a verdict stands for; undefined if the verdict needs no person. */
export function differenceOf(verdict: ReadBackVerdict): Difference | undefined {
  return DIFFERENCES.find((difference) => difference === verdict);
}

/** Merges rows of the report about the same day: the sum of the quantities, under the most serious status. */
export function mergeReported(left: ReportedDay, right: ReportedDay): ReportedDay {
  const worse = seriousness(right.status) > seriousness(left.status) ? right : left;
  return {
    status: worse.status,
    submitted: plus(left.submitted, right.submitted),
    processed: plus(left.processed, right.processed),
  };
}

/** Unknown statuses come after those that are known to be harmless. */
const HARMLESS = ['TestHeaders', 'DryRun', 'Accepted', 'Submitted'];
const SERIOUS = ['Mismatch', 'Rejected'];

function seriousness(status: string): number {
  if (SERIOUS.includes(status)) return HARMLESS.length + 1 + SERIOUS.indexOf(status);
  const index = HARMLESS.indexOf(status);
  return index === -1 ? HARMLESS.length : index;
}

/** The sum; not known if one of the two is not. */
function plus(left: Decimal | undefined, right: Decimal | undefined): Decimal | undefined {
  return left && right ? left.plus(right) : undefined;
}

function isNothing({ submitted, processed }: ReportedDay): boolean {
  return submitted?.eq(ZERO) === true && (processed?.eq(ZERO) ?? true);
}

/** Whether the report must by now show what was settled at that time. */
function isOver(settledAt: Date | undefined, now: Date): boolean {
  return settledAt === undefined || now.getTime() - settledAt.getTime() > REPORT_LAG_MS;
}
