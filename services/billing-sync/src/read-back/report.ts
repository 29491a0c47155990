import { decimal, type Decimal } from '@landfall/domain/decimal';
import { isFault } from '@landfall/domain/fault';
import { mergeReported, type ReportedDay } from '@landfall/domain/read-back';
import type { Metering } from '@landfall/marketplace/metering';
import type { UsageReportRow } from '@landfall/marketplace/usage-report';

/** Microsoft needs time to make a large report, and no person waits for it. */
const READ_TIMEOUT_MS = 60 * 1000;

const DAY_MS = 24 * 60 * 60 * 1000;

/** One dimension of a subscription in Microsoft's report of a day. */
export interface ReportedDimension extends ReportedDay {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly dimension: string;
}

/** Microsoft's report of a day, or the part of it about one dimension of a plan. */
export interface DayReport {
  readonly of?: { readonly planId: string; readonly dimension: string } | undefined;
  /** Removes and returns the entry for this dimension. Without an exact match, capital letters are ignored. */
  take(
    key: Pick<ReportedDimension, 'subscriptionId' | 'planId' | 'dimension'>,
  ): ReportedDay | undefined;
  /** What has not been taken. */
  rest(): readonly ReportedDimension[];
  /** Rows without a subscription. */
  readonly unreadable: number;
}

/**
 * Reads a UTC day. A report that is too large for one answer is read once for each of the dimensions that have usage in the
 * ledger, so that memory holds one part at a time.
 */
export async function* readDay(
  metering: Pick<Metering, 'listUsageEvents'>,
  day: string,
  call: {
    readonly signal: AbortSignal;
    readonly correlationId: string;
    readonly dimensions: () => Promise<readonly { planId: string; dimension: string }[]>;
  },
): AsyncGenerator<DayReport> {
  const { signal, correlationId } = call;
  const usageStartDate = new Date(`${day}T00:00:00Z`);
  const query = { usageStartDate, usageEndDate: new Date(usageStartDate.getTime() + DAY_MS - 1) };
  const options = {
    signal,
    correlationId,
    timeoutMs: READ_TIMEOUT_MS,
    priority: 'background' as const,
  };
  const read = async (of?: DayReport['of']) => {
    const rows = await metering.listUsageEvents({ ...query, ...of }, options);
    return { ...dayReport(rows, day), of };
  };
  const whole = await read().catch(tooLarge);
  if (whole) {
    yield whole;
    return;
  }
  for (const of of await call.dimensions()) yield await read(of);
}

/** The client reports an answer that is too long for its memory limit as unexpected. */
function tooLarge(error: unknown): undefined {
  if (isFault(error) && error.code === 'marketplace.unexpected-answer') return undefined;
  throw error;
}

/** Collects the rows of a day. Rows of the same dimension are added up. */
function dayReport(rows: readonly UsageReportRow[], day: string): DayReport {
  const found = new Map<string, ReportedDimension[]>();
  let unreadable = 0;
  for (const row of rows) {
    if (row.usageDate !== undefined && dayOf(row.usageDate) !== day) continue;
    if (row.resourceId === undefined) {
      unreadable += 1;
      continue;
    }
    const one = reported(row, row.resourceId);
    const alike = found.get(keyOf(one)) ?? [];
    const same = alike.findIndex((other) => isSame(one, other));
    const other = alike[same];
    if (other) alike[same] = { ...other, ...mergeReported(other, one) };
    else alike.push(one);
    found.set(keyOf(one), alike);
  }
  return {
    unreadable,
    take: (key) => {
      const alike = found.get(keyOf(key)) ?? [];
      const exact = alike.findIndex((one) => isSame(one, key));
      return alike.splice(Math.max(exact, 0), 1)[0];
    },
    rest: () => [...found.values()].flat(),
  };
}

function reported(row: UsageReportRow, subscriptionId: string): ReportedDimension {
  return {
    subscriptionId,
    planId: row.planId ?? '',
    dimension: row.dimension ?? '',
    status: row.reconStatus,
    submitted: quantity(row.submittedQuantity),
    processed: quantity(row.processedQuantity),
  };
}

function quantity(text: string | undefined): Decimal | undefined {
  return text === undefined ? undefined : decimal(text);
}

type Key = Pick<ReportedDimension, 'subscriptionId' | 'planId' | 'dimension'>;

function keyOf({ subscriptionId, planId, dimension }: Key): string {
  return JSON.stringify([subscriptionId, planId, dimension]).toLowerCase();
}

function isSame(one: Key, other: Key): boolean {
  return one.planId === other.planId && one.dimension === other.dimension;
}

export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
