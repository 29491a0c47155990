import { Hono, type Context } from 'hono';
import type { ApiChecks } from './checks.ts';
import { readBody } from './body.ts';
import { USAGE_BATCH_MAX } from '../market/constants.ts';
import { exactNumber } from '../market/exact-json.ts';
import { hasRow } from '../market/faults.ts';
import { rowOf, withFaults, type ApiEnv } from './http-faults.ts';
import type { Market } from '../market/market.ts';
import type { UsageRecord } from '../market/state.ts';
import { reportUsage } from '../market/usage-report.ts';
import { keepRefusedUsage } from '../market/refused-usage.ts';
import { submitUsage, type UsageStatus, type UsageVerdict } from '../market/usage.ts';

type Json = Record<string, unknown>;

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
  const event = await readBody(c, 'quantity');
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
  const rows = (await readBody(c, 'quantity'))?.['request'];
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
  const forced = c.get('rowFaults')?.find((fault) => hasRow(fault, [rowOf(event)]));
  const isForced = forced?.rowStatus !== undefined;
  const verdict: UsageVerdict = isForced
    ? { status: forced.rowStatus as UsageStatus }
    : submitUsage(market, event, c.get('seller'));
  if (verdict.status !== 'Accepted') {
    const { publisherId } = c.get('seller');
    keepRefusedUsage(market, event, {
      status: verdict.status,
      target: verdict.target ?? null,
      isForced,
      publisherId,
    });
  }
  return verdict;
}

/** Daily totals of the submitted usage, and their status. */
function readBack(c: Context<ApiEnv>, market: Market): Response {
  const from = readDate(c.req.query('usageStartDate'));
  const endText = c.req.query('UsageEndDate') ?? c.req.query('usageEndDate');
  const to = endText === undefined ? Infinity : readDate(endText);
  if (from === undefined) return c.json(badArgument('BadArgument', 'usageStartDate'), 400);
  if (to === undefined) return c.json(badArgument('BadArgument', 'UsageEndDate'), 400);
  const rows = reportUsage(market, { from, to, seller: c.get('seller') });
  const filters = ['offerId', 'planId', 'dimension', 'azureSubscriptionId', 'reconStatus'] as const;
  return c.json(
    rows.filter((row) =>
      filters.every((name) => [undefined, row[name]].includes(c.req.query(name))),
    ),
  );
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
    quantity: exactNumber(record.quantity),
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
