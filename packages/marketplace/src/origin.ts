import { Fault } from '@landfall/domain/fault';
import { isLoopbackHost } from '@landfall/domain/loopback';

/**
 * A base URL without its trailing slash. Tokens and secrets are sent there, so it must be https; http is
 * accepted only for this machine, where the emulator runs. Otherwise throws a fault with `code`.
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
