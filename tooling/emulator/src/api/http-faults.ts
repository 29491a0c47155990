import { setTimeout as wait } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';
import { readBody } from './body.ts';
import {
  removeEndedFaults,
  takeEndpointFault,
  takeRowFaults,
  type Endpoint,
  type EndpointFault,
  type FaultSubject,
} from '../market/faults.ts';
import type { Market } from '../market/market.ts';
import type { Seller } from '../market/sellers.ts';

export interface ApiEnv {
  readonly Bindings: HttpBindings;
  readonly Variables: {
    readonly requestId: string;
    /** The publisher whose application calls. */
    readonly seller: Seller;
    /** The faults that force the status of usage rows of this call. */
    readonly rowFaults: readonly EndpointFault[] | undefined;
  };
}

/** Applies the active faults of one endpoint, before anything else is read. */
export function withFaults(market: Market, endpoint: Endpoint): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { faults } = market.state;
    const subjects = await subjectsOf(c, endpoint);
    const isEnded = removeEndedFaults(faults, market.clock.now());
    const fault = takeEndpointFault(faults, endpoint, subjects);
    if (fault || isEnded) market.changed();
    if (fault?.latencyMs) await wait(fault.latencyMs);
    if (fault?.hold && !fault.afterEffect) {
      await released(market, fault.id);
      if (isCallerGone(c)) return RESPONSE_ALREADY_SENT;
    }
    const isAnswered = fault?.drop === true || fault?.status !== undefined;
    if (fault && isAnswered && !fault.afterEffect) return answer(c, fault);
    const rowFaults = takeRowFaults(faults, endpoint, subjects);
    if (rowFaults.length > 0) market.changed();
    c.set('rowFaults', [...(fault?.rowStatus === undefined ? [] : [fault]), ...rowFaults]);
    await next();
    if (fault?.hold && fault.afterEffect) await released(market, fault.id);
    if (fault && isAnswered) c.res = answer(c, fault);
    return undefined;
  };
}

async function subjectsOf(
  c: Context<ApiEnv>,
  endpoint: Endpoint,
): Promise<readonly FaultSubject[]> {
  if (endpoint !== 'usageEvent' && endpoint !== 'batchUsageEvent') {
    return [{ subscriptionId: c.req.param('subscriptionId')?.toLowerCase() }];
  }
  const body = (await readBody(c)) ?? {};
  const rows = endpoint === 'usageEvent' ? [body] : body['request'];
  return Array.isArray(rows) ? rows.map(rowOf) : [];
}

/** The subject of a usage row, which may be anything. */
export function rowOf(row: unknown): FaultSubject {
  const { resourceId, dimension } = (row ?? {}) as Record<string, unknown>;
  return {
    ...(typeof resourceId === 'string' && { subscriptionId: resourceId.toLowerCase() }),
    ...(typeof dimension === 'string' && { dimension }),
  };
}

/** The longest time that a call is held, because an interrupted test must not hold it forever. */
const HOLD_MAX_MS = 120_000;
const HOLD_POLL_MS = 10;

async function released(market: Market, faultId: string): Promise<void> {
  const deadline = Date.now() + HOLD_MAX_MS;
  const isHeld = () => market.state.faults.some(({ id }) => id === faultId);
  while (isHeld() && Date.now() < deadline) await wait(HOLD_POLL_MS);
}

function isCallerGone(c: Context<ApiEnv>): boolean {
  return c.env.incoming.socket.destroyed;
}

function answer(c: Context<ApiEnv>, fault: EndpointFault): Response {
  if (fault.drop) {
    c.env.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  const headers = new Headers(fault.headers);
  const isText = typeof fault.body === 'string';
  if (fault.body !== undefined && !headers.has('content-type')) {
    headers.set('content-type', isText ? 'text/plain' : 'application/json');
  }
  const body = fault.body === undefined ? null : isText ? fault.body : JSON.stringify(fault.body);
  return new Response(body as string | null, { status: fault.status ?? 500, headers });
}
