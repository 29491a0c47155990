import { Fault } from '@landfall/domain/fault.ts';

/** Whether a host name is this machine itself: 127.0.0.0/8, ::1 or localhost. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * A base URL without its trailing slash. Tokens and secrets travel to it, so it is https; plain http is
 * accepted for this machine only, where the emulator listens. Throws a fault with `code` otherwise.
 */
export function secureBaseUrl(url: string, code: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isSecure =
    parsed?.protocol === 'https:' ||
    (parsed?.protocol === 'http:' && isLoopbackHost(parsed.hostname));
  const isPlain = parsed?.username === '' && parsed.search === '' && parsed.hash === '';
  if (!parsed || !isSecure || !isPlain) {
    throw new Fault(code, 'The address must be https, or http on a loopback host', {
      retry: 'never',
    });
  }
  return parsed.href.replace(/\/+$/, '');
}
