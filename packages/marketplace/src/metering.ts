import { jsonNumber } from './exact-json.ts';
import type { Call, MarketplaceHttp } from './http.ts';
import { canonical, decimalText, listItems, parseDate, reader, type Open } from './read.ts';
import { decodeUsageRows, type UsageReportRow } from './usage-report.ts';

/** Microsoft refuses larger batches. */
export const MAX_BATCH_EVENTS = 25;

/** Microsoft reads quantities as doubles, which hold every decimal with this many digits exactly. */
export const MAX_QUANTITY_DIGITS = 15;

/**
 * Units of one dimension used by one subscription in the UTC hour of `effectiveStartTime`. `quantity` is a
 * decimal, which is sent with exactly these digits.
 */
export interface UsageEvent {
  readonly resourceId: string;
  readonly dimension: string;
  readonly planId: string;
  readonly quantity: string;
  readonly effectiveStartTime: Date;
}

const USAGE_STATUSES = [
  'Accepted',
  'Expired',
  'Duplicate',
  'Error',
  'ResourceNotFound',
  'ResourceNotAuthorized',
  'ResourceNotActive',
  'InvalidDimension',
  'InvalidQuantity',
  'BadArgument',
] as const;

/** `Unanswered` is our own: Microsoft's answer to the batch did not contain this row. Send it again. */
export type UsageStatus = Open<(typeof USAGE_STATUSES)[number] | 'Unanswered'>;

/** The event that Microsoft already has for the hour of a duplicate. Compare its quantity before treating it as a success. */
export interface AcceptedUsage {
  readonly usageEventId?: string | undefined;
  /** An exact decimal. */
  readonly quantity?: string | undefined;
  readonly planId?: string | undefined;
  readonly effectiveStartTime?: Date | undefined;
  readonly messageTime?: Date | undefined;
}

/** The result of one event. Only `Accepted` was counted. `accepted` is set for a `Duplicate`. */
export interface UsageResult {
  readonly event: UsageEvent;
  readonly status: UsageStatus;
  readonly usageEventId?: string | undefined;
  readonly messageTime?: Date | undefined;
  readonly accepted?: AcceptedUsage | undefined;
  readonly message?: string | undefined;
  /**
   * The answer to an earlier attempt of the same call was lost. Unless the status is `Accepted` or `Duplicate`, Microsoft
   * may have counted the event then.
   */
  readonly mayHaveArrivedBefore?: boolean | undefined;
  readonly raw: unknown;
}

/** Filters of the usage report. */
export interface UsageQuery {
  readonly usageStartDate: Date;
  readonly usageEndDate?: Date | undefined;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
  readonly dimension?: string | undefined;
  readonly azureSubscriptionId?: string | undefined;
  readonly reconStatus?: string | undefined;
}

/**
 * Microsoft's metering API. A refused event is a result; a failed call throws `MarketplaceError`. Repeating
 * a call is safe: Microsoft keeps one event per subscription, dimension and UTC hour, and answers a second
 * one with `Duplicate`. Events without a valid time or a positive quantity of at most
 * `MAX_QUANTITY_DIGITS` digits are refused locally and never sent.
 * https://learn.microsoft.com/partner-center/marketplace-offers/marketplace-metering-service-apis
 */
export interface Metering {
  postUsageEvent(event: UsageEvent, call: Call): Promise<UsageResult>;
  /** Sends up to 25 events. The results have the order of the events. More events throw a RangeError. */
  postBatch(events: readonly UsageEvent[], call: Call): Promise<readonly UsageResult[]>;
  /** Daily sums of sent and processed usage, as far as Microsoft has processed it. */
  listUsageEvents(query: UsageQuery, call: Call): Promise<readonly UsageReportRow[]>;
}

/** The metering API over a connection to Microsoft. */
export function createMetering(http: MarketplaceHttp): Metering {
  return {
    postUsageEvent: async (event, call) => {
      const refused = refuseLocally(event);
      if (refused) return refused;
      const { status, body, mayHaveArrivedBefore } = await http.send(
        {
          operation: 'postUsageEvent',
          method: 'POST',
          path: '/usageEvent',
          body: wireEvent(event),
          answers: [400, 409],
          ...READ,
        },
        call,
      );
      const failed = status === 409 ? 'Duplicate' : status === 400 ? 'BadArgument' : undefined;
      const row = failed === undefined ? body : { status: failed, error: body };
      return { ...decodeResult(event, row), mayHaveArrivedBefore };
    },

    postBatch: async (events, call) => {
      if (events.length > MAX_BATCH_EVENTS) {
        throw new RangeError(`A batch holds at most ${MAX_BATCH_EVENTS} usage events`);
      }
      const results = new Map(events.map((event) => [event, refuseLocally(event)]));
      const sent = events.filter((event) => results.get(event) === undefined);
      if (sent.length > 0) {
        const { body, mayHaveArrivedBefore } = await http.send(
          {
            operation: 'postBatch',
            method: 'POST',
            path: '/batchUsageEvent',
            body: { request: sent.map(wireEvent) },
            ...READ,
          },
          call,
        );
        for (const [event, result] of matchRows(sent, listItems(body, 'result'))) {
          results.set(event, { ...result, mayHaveArrivedBefore });
        }
      }
      return events.map((event) => results.get(event) ?? unanswered(event));
    },

    listUsageEvents: async (query, call) => {
      const { body } = await http.send(
        {
          operation: 'listUsageEvents',
          method: 'GET',
          path: '/usageEvents',
          query: {
            usageStartDate: query.usageStartDate.toISOString(),
            // The capital letter is Microsoft's.
            UsageEndDate: query.usageEndDate?.toISOString(),
            offerId: query.offerId,
            planId: query.planId,
            dimension: query.dimension,
            azureSubscriptionId: query.azureSubscriptionId,
            reconStatus: query.reconStatus,
          },
          ...READ,
        },
        call,
      );
      return decodeUsageRows(body);
    },
  };
}

const READ = { isRepeatable: true, readsBody: true } as const;

function refuseLocally(event: UsageEvent): UsageResult | undefined {
  if (!isSendable(decimalText(event.quantity)))
    return { event, status: 'InvalidQuantity', raw: undefined };
  const hasTime = !Number.isNaN(event.effectiveStartTime.getTime());
  return hasTime ? undefined : { event, status: 'BadArgument', raw: undefined };
}

function isSendable(quantity: string | undefined): boolean {
  if (quantity === undefined || quantity === '0' || quantity.startsWith('-')) return false;
  const digits = quantity.replace('.', '').replace(/^0+/, '');
  return digits.replace(/0+$/, '').length <= MAX_QUANTITY_DIGITS;
}

function wireEvent(event: UsageEvent): Readonly<Record<string, unknown>> {
  return {
    resourceId: event.resourceId,
    quantity: jsonNumber(decimalText(event.quantity) ?? ''),
    dimension: event.dimension,
    effectiveStartTime: event.effectiveStartTime.toISOString(),
    planId: event.planId,
  };
}

/**
 * Rows come back in any order. They are matched by subscription, dimension and hour, which is Microsoft's key.
 * An event with the row's own spelling of the dimension comes first, then one that differs only in its case.
 */
function matchRows(
  events: readonly UsageEvent[],
  rows: readonly unknown[],
): ReadonlyMap<UsageEvent, UsageResult> {
  const waiting = Map.groupBy(events, (event) =>
    hourKey(event.resourceId, event.dimension, event.effectiveStartTime),
  );
  const matched = new Map<UsageEvent, UsageResult>();
  const match = (row: unknown, isExact: boolean): boolean => {
    const from = reader(row, []);
    const resourceId = from?.guid('resourceId') ?? '';
    const dimension = from?.text('dimension') ?? '';
    const at = parseDate(from?.value('effectiveStartTime'));
    const candidates = at && waiting.get(hourKey(resourceId, dimension, at));
    const event = candidates?.find(
      (one) => !matched.has(one) && (!isExact || one.dimension === dimension),
    );
    if (event) matched.set(event, decodeResult(event, row));
    return event !== undefined;
  };
  const others = rows.filter((row) => !match(row, true));
  for (const row of others) match(row, false);
  return matched;
}

function hourKey(resourceId: string, dimension: string, at: Date): string {
  const hour = at.toISOString().slice(0, 13);
  return [resourceId.toLowerCase(), dimension.trim().toLowerCase(), hour].join('|');
}

function unanswered(event: UsageEvent): UsageResult {
  return { event, status: 'Unanswered', raw: undefined };
}

function decodeResult(event: UsageEvent, row: unknown): UsageResult {
  const from = reader(row, []);
  const error = from?.object('error');
  const kept = error?.object('additionalInfo')?.object('acceptedMessage');
  const status = from?.text('status');
  return {
    event,
    status: status === undefined ? 'Unanswered' : canonical(status, USAGE_STATUSES),
    usageEventId: from?.guid('usageEventId'),
    messageTime: from?.date('messageTime'),
    accepted: kept && {
      usageEventId: kept.guid('usageEventId'),
      quantity: kept.decimal('quantity'),
      planId: kept.text('planId'),
      effectiveStartTime: kept.date('effectiveStartTime'),
      messageTime: kept.date('messageTime'),
    },
    message: error?.text('message'),
    raw: row,
  };
}
