import { setTimeout as wait } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';
import { takeEndpointFault, type Endpoint, type EndpointFault } from '../market/faults.ts';
import type { Market } from '../market/market.ts';
import type { Seller } from '../market/sellers.ts';

export interface ApiEnv {
  readonly Bindings: HttpBindings;
  readonly Variables: {
    readonly requestId: string;
    /** The publisher whose application calls. */
    readonly seller: Seller;
    /** The status that an active fault gives every usage row of this call. */
    readonly rowStatus: string | undefined;
  };
}

/** Applies the active faults of one endpoint, before anything else is read. */
export function withFaults(market: Market, endpoint: Endpoint): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const subscriptionId = c.req.param('subscriptionId')?.toLowerCase();
    const fault = takeEndpointFault(market.state.faults, endpoint, subscriptionId);
    if (fault === undefined) return next();
    market.changed();
    if (fault.latencyMs) await wait(fault.latencyMs);
    if (fault.hold && !fault.afterEffect) {
      await released(market, fault.id);
      if (isCallerGone(c)) return RESPONSE_ALREADY_SENT;
    }
    const isAnswered = fault.drop === true || fault.status !== undefined;
    if (isAnswered && !fault.afterEffect) return answer(c, fault);
    c.set('rowStatus', fault.rowStatus);
    await next();
    if (fault.hold && fault.afterEffect) await released(market, fault.id);
    if (isAnswered) c.res = answer(c, fault);
    return undefined;
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
