/** Enough for a page with all its filters, and small enough for the sign-in's cookie, which keeps it. */
const MAX_LENGTH = 1000;

/** The console's first page. */
export const CONSOLE_PATH = '/console';

/** Pages around the sign-in. Nobody wants to return to them. */
const AROUND_SIGN_IN = /^\/console\/(?:sign-in|sign-out|signed-in|signed-out|invitation)(?:\/|$)/;

/**
 * The page of the console to which a person returns after the sign-in. `wanted` comes from the URL, so anyone may have written
 * it: what does not lead to a page of this console leads to its first page.
 */
export function returnPath(wanted: string | undefined, publicUrl: string): string {
  if (wanted === undefined || wanted.length > MAX_LENGTH || !wanted.startsWith('/')) {
    return CONSOLE_PATH;
  }
  const own = new URL(publicUrl).origin;
  // As a browser reads it: `//host`, `/\host` and `..` are resolved here.
  const url = URL.canParse(wanted, own) ? new URL(wanted, own) : undefined;
  const isConsole =
    url?.origin === own &&
    (url.pathname === CONSOLE_PATH || url.pathname.startsWith(`${CONSOLE_PATH}/`)) &&
    !AROUND_SIGN_IN.test(url.pathname);
  return isConsole ? url.pathname + url.search : CONSOLE_PATH;
}

/** The sign-in page that returns to this page of the console. */
export function signInPath(to: string): string {
  return to === CONSOLE_PATH ? '/console/sign-in' : `/console/sign-in?to=${encodeURIComponent(to)}`;
}
