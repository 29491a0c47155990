import type { Context } from 'hono';
import { dropCookie, readCookie, writeCookie } from '@landfall/entra-sign-in/cookies';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';

/** Microsoft's purchase token is valid for 24 hours. An unconfirmed visit is of no use after that. */
export const VISIT_LIFE_MS = 24 * 60 * 60 * 1000;
/** Purchases that one browser sets up at the same time, in separate tabs. */
const MAX_HELD = 5;
/** Valid in a cookie's value, and never part of a visit's id. */
const SEPARATOR = '.';

/** The visits that this browser opened, newest first. The cookie alone gives no access; sign-in does. */
export function visitsInCookie(c: Context): string[] {
  return (readCookie(c, 'landfall-visit') ?? '').split(SEPARATOR).filter(isLowerCaseGuid);
}

export function addVisitToCookie(c: Context, id: string): void {
  write(c, [id, ...visitsInCookie(c)].slice(0, MAX_HELD));
}

export function removeVisitFromCookie(c: Context, id: string): void {
  write(
    c,
    visitsInCookie(c).filter((one) => one !== id),
  );
}

function write(c: Context, ids: readonly string[]): void {
  if (ids.length === 0) return dropCookie(c, 'landfall-visit');
  writeCookie(c, 'landfall-visit', { value: ids.join(SEPARATOR), maxAgeMs: VISIT_LIFE_MS });
}
