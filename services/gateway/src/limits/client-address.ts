import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';

/**
 * Who is at the other end. With N proxies of ours in front, the N-th X-Forwarded-For entry from the
 * right was written by the outermost of them; everything left of it is the caller's own invention.
 */
export function clientAddress(
  req: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustedProxies: number,
): string {
  const direct = plain(req.socket.remoteAddress ?? '');
  if (trustedProxies === 0) return direct;
  const chain = [req.headers['x-forwarded-for'] ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .map((entry) => plain(withoutPort(entry.trim())));
  const named = chain.at(-trustedProxies);
  return named !== undefined && isIP(named) !== 0 ? named : direct;
}

/** What is counted together: one IPv4 address, or the /64 that one IPv6 customer has to himself. */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = tail === undefined ? left : [...left, ...middle, ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/** The same for the other end of a connection. */
export function connectionGroup(address: string): string {
  return addressGroup(plain(address));
}

/** Some proxies, Azure's Application Gateway among them, write `192.0.2.1:50412` or `[::1]:50412`. */
function withoutPort(entry: string): string {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(entry) ?? [];
  return bracketed ?? dotted ?? entry;
}

/** An IPv4 caller of a dual-stack socket is written `::ffff:192.0.2.1`. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}
