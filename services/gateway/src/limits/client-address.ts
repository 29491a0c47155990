import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The address of the caller. With N trusted proxies in front, the N-th entry of X-Forwarded-For from the right was
 * written by the outermost one. The entries left of it come from the caller and can be false.
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

/** Addresses that are counted together: one IPv4 address, or the /64 network of one IPv6 customer. */
export function addressGroup(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  // Every IPv4 address could be written so, and all would be one /64.
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const groups = parsed.parts.slice(0, 4);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

/** The group of the address at the other end of a connection. */
export function connectionGroup(address: string): string {
  return addressGroup(plain(address));
}

/** Some proxies, for example Azure's Application Gateway, write `192.0.2.1:50412` or `[::1]:50412`. */
function withoutPort(entry: string): string {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(entry) ?? [];
  return bracketed ?? dotted ?? entry;
}

/** A dual-stack socket writes an IPv4 caller as `::ffff:192.0.2.1`. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}
