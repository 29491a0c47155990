import { Hono, type Context } from 'hono';
import type { ApiChecks } from './checks.ts';
import { readBody } from './body.ts';
import { findOffer, findPlan } from '../market/catalogue.ts';
import { DAY_MS, USAGE_BATCH_MAX, USAGE_PROCESSING_MS } from '../market/constants.ts';
import { withFaults, type ApiEnv } from './http-faults.ts';
import type { Market } from '../market/market.ts';
import { isSoldBy } from '../market/sellers.ts';
import type { UsageRecord } from '../market/state.ts';
import { submitUsage, type UsageStatus, type UsageVerdict } from '../market/usage.ts';

type Json = Record<string, unknown>;

/** The Azure subscription that pays for all local usage. */
const AZURE_SUBSCRIPTION_ID = '5b1c0a74-2d9e-4f38-a6b5-e48f70c3d912';

/** The calls for single usage events, batches and read-back. */
export function meteringRoutes(market: Market, checks: ApiChecks): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>({ strict: false });
  app.post('/usageEvent', withFaults(market, 'usageEvent'), ...checks, (c) => single(c, market));
  app.post('/batchUsageEvent', withFaults(market, 'batchUsageEvent'), ...checks, (c) =>
    batch(c, market),
  );
  app.get('/usageEvents', withFaults(market, 'usageEvents'), ...checks, (c) => readBack(c, market));
  return app;
}

async function single(c: Context<ApiEnv>, market: Market): Promise<Response> {
  const event = await readBody(c);
  if (event === undefined) return c.json(badArgument('BadArgument', undefined), 400);
  const verdict = judgeRow(c, market, event);
  switch (verdict.status) {
    case 'Accepted':
      return c.json(verdict.record ? toMessage(verdict.record, 'Accepted') : {});
    case 'Duplicate':
      return c.json(toConflict(verdict), 409);
    case 'ResourceNotAuthorized':
      return c.json(
        { message: 'Client is not authorized for this usage resource.', code: 'Forbidden' },
        403,
      );
    default:
      return c.json(badArgument(verdict.status, verdict.target), 400);
  }
}

async function batch(c: Context<ApiEnv>, market: Market): Promise<Response> {
  const rows = (await readBody(c))?.['request'];
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > USAGE_BATCH_MAX) {
    return c.json(badArgument('BadArgument', 'request'), 400);
  }
  const result = rows.map((row: unknown) => judgeBatchRow(c, market, row));
  return c.json({ count: result.length, result });
}

function judgeBatchRow(c: Context<ApiEnv>, market: Market, row: unknown): Json {
  const event = typeof row === 'object' && row !== null ? (row as Json) : {};
  const { status, ...verdict } = judgeRow(c, market, event);
  if (status === 'Accepted' && verdict.record) return toMessage(verdict.record, status);
  return {
    status,
    messageTime: '0001-01-01T00:00:00',
    ...pickEvent(event),
    error:
      status === 'Duplicate'
        ? toConflict({ status, ...verdict })
        : { message: `The ${verdict.target ?? 'event'} is not acceptable.`, code: status },
  };
}

function judgeRow(c: Context<ApiEnv>, market: Market, event: Json): UsageVerdict {
  const forced = c.get('rowStatus');
  return forced === undefined
    ? submitUsage(market, event, c.get('seller'))
    : { status: forced as UsageStatus };
}

/** Daily totals of the submitted usage, and their status. */
function readBack(c: Context<ApiEnv>, market: Market): Response {
  const from = readDate(c.req.query('usageStartDate'));
  const endText = c.req.query('UsageEndDate') ?? c.req.query('usageEndDate');
  const to = endText === undefined ? Infinity : readDate(endText);
  if (from === undefined) return c.json(badArgument('BadArgument', 'usageStartDate'), 400);
  if (to === undefined) return c.json(badArgument('BadArgument', 'UsageEndDate'), 400);

  const days = new Map<string, UsageRecord[]>();
  for (const one of market.state.usage.values()) {
    if (!isSoldBy(market, one, c.get('seller'))) continue;
    const usageDay = one.hour - (one.hour % DAY_MS);
    if (usageDay < from - (from % DAY_MS) || usageDay > to) continue;
    const key = [usageDay, one.resourceId, one.dimension, one.planId].join('|');
    const group = days.get(key);
    if (group) group.push(one);
    else days.set(key, [one]);
  }
  const rows = [...days.values()].map((group) => toReadBack(market, group));
  const filters = ['offerId', 'planId', 'dimension', 'azureSubscriptionId', 'reconStatus'] as const;
  return c.json(
    rows.filter((row) =>
      filters.every((name) => [undefined, row[name]].includes(c.req.query(name))),
    ),
  );
}

function toReadBack(market: Market, group: readonly UsageRecord[]): Json & Record<string, string> {
  const [first] = group;
  if (first === undefined) throw new Error('a day of usage has at least one event');
  const submitted = group.reduce((sum, one) => sum + one.quantity, 0);
  const isProcessed = group.every(
    (one) => one.acceptedAt + USAGE_PROCESSING_MS <= market.clock.now(),
  );
  const status = isProcessed ? (market.state.settings.reconStatus ?? 'Accepted') : 'Submitted';
  const row: Json = {
    usageDate: new Date(first.hour - (first.hour % DAY_MS)).toISOString(),
    usageResourceId: first.resourceId,
    dimension: first.dimension,
    planId: first.planId,
    planName: isProcessed ? (findPlan(first.offerId, first.planId)?.displayName ?? '') : '',
    offerId: first.offerId,
    offerName: isProcessed ? (findOffer(first.offerId)?.displayName ?? '') : '',
    offerType: 'SaaS',
    azureSubscriptionId: AZURE_SUBSCRIPTION_ID,
    reconStatus: status,
    submittedQuantity: submitted,
    processedQuantity: processedQuantity(status, submitted),
    submittedCount: group.length,
  };
  return row as Json & Record<string, string>;
}

function processedQuantity(status: string, submitted: number): number {
  if (status === 'Accepted') return submitted;
  return status === 'Mismatch' ? submitted / 2 : 0;
}

function readDate(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

function toMessage(record: UsageRecord, status: UsageStatus): Json {
  return {
    usageEventId: record.usageEventId,
    status,
    messageTime: new Date(record.acceptedAt).toISOString(),
    resourceId: record.resourceId,
    quantity: record.quantity,
    dimension: record.dimension,
    effectiveStartTime: record.effectiveStartTime,
    planId: record.planId,
  };
}

function pickEvent(event: Json): Json {
  const names = [
    'resourceId',
    'resourceUri',
    'quantity',
    'dimension',
    'effectiveStartTime',
    'planId',
  ];
  return Object.fromEntries(names.flatMap((name) => (name in event ? [[name, event[name]]] : [])));
}

/** The answer to a duplicate, with the event that Microsoft has kept. */
function toConflict(verdict: UsageVerdict): Json {
  return {
    additionalInfo: {
      ...(verdict.record && { acceptedMessage: toMessage(verdict.record, 'Duplicate') }),
    },
    message: 'This usage event already exist.',
    code: 'Conflict',
  };
}

function badArgument(code: UsageStatus, target: string | undefined): Json {
  return {
    message: 'One or more errors have occurred.',
    target: 'usageEventRequest',
    details: [
      { message: `The ${target ?? 'request'} is invalid.`, target: target ?? 'request', code },
    ],
    code: 'BadArgument',
  };
}
