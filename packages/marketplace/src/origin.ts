import { Fault } from '@landfall/domain/fault';
import { INSECURE_ADDRESS, isSecureAddress } from '@landfall/domain/loopback';

/**
 * A base URL without its trailing slash. Tokens and secrets are sent there, so it must be https; http is
 * accepted only for this machine, where the emulator runs. Otherwise throws a fault with `code`.
 */
export function secureBaseUrl(url: string, code: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isPlain = parsed?.username === '' && parsed.search === '' && parsed.hash === '';
  if (!parsed || !isSecureAddress(url) || !isPlain) {
    throw new Fault(code, `The address ${INSECURE_ADDRESS}`, { retry: 'never' });
  }
  return parsed.href.replace(/\/+$/, '');
}
