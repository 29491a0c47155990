import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Person } from '../authority/identities.ts';
import type { ApiEnv } from '../api/http-faults.ts';
import type { Market } from '../market/market.ts';
import { sellers } from '../market/sellers.ts';

const COOKIE = 'customer';

/** The people who can buy: everybody but the publishers' own people. */
export function customersOf({ state }: Pick<Market, 'state'>): readonly Person[] {
  const publishers = new Set(sellers(state.identities).map(({ tenantId }) => tenantId));
  return state.identities.people.filter(({ tenantId }) => !publishers.has(tenantId));
}

/** The person in whose name pages are shown: the chosen one, or the first. */
export function customerOf(c: Context<ApiEnv>, market: Market): Person {
  const all = customersOf(market);
  const chosen = getCookie(c, COOKIE);
  const [first] = all.length > 0 ? all : market.state.identities.people;
  const found = all.find(({ email }) => email === chosen) ?? first;
  if (found === undefined) throw new Error('the emulator has no test people');
  return found;
}

/** Remembers the chosen customer, and goes back to the page. */
export async function chooseCustomer(c: Context<ApiEnv>): Promise<Response> {
  const fields = new URLSearchParams(await c.req.text());
  setCookie(c, COOKIE, fields.get('customer') ?? '', {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
  });
  const back = fields.get('back') ?? '/';
  // Only paths of this site: `//host` would be another one.
  return c.redirect(/^\/(?![/\\])/.test(back) ? back : '/', 303);
}
