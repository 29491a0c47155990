import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';

/** A name server answers within milliseconds; the second try waits twice as long (c-ares doubles). */
const TRY_TIMEOUT_MS = 1_500;
const TRIES = 2;
/** Both attempts at one name server. If several are silent, asking them all does not help. */
const LOOKUP_TIMEOUT_MS = 5_000;
/** How long the first address family waits for the second one (similar to RFC 8305, section 3). */
const SECOND_FAMILY_MS = 300;
/** Shorter than the first pause of the schedule, so that no attempt fails only because of a remembered failure. */
export const FAILURE_MEMORY_MS = 3_000;
/** More names than publishers have destinations. The oldest are forgotten first. */
const MAX_REMEMBERED = 1_000;

/** The addresses of a name. Rejects with {@link NameUnresolved}, or as soon as `signal` is aborted. */
export type NameLookup = (
  hostname: string,
  signal: AbortSignal,
) => Promise<readonly LookupAddress[]>;

export class NameUnresolved extends Error {
  override readonly name = 'NameUnresolved';
  readonly code = 'ENOTFOUND';
}

/**
 * Queries name servers from this process instead of the operating system's `getaddrinfo`. Node runs only two
 * of those at a time, so names on a silent name server would block all others, including Microsoft's. Each
 * look-up has a limit and is cancelled with its attempt. With `rememberFailuresMs`, a name that could not be
 * resolved fails at once for that long.
 *
 * `localhost` is loopback (RFC 6761) and is not looked up. Search domains and /etc/hosts are not used, because
 * destinations have public addresses and therefore names in the DNS.
 */
export function createNameLookup(
  options: {
    /** `address` or `address:port`. Default: the machine's name servers. */
    readonly servers?: readonly string[] | undefined;
    readonly rememberFailuresMs?: number | undefined;
  } = {},
): NameLookup {
  const { servers = [], rememberFailuresMs = 0 } = options;
  const failed = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: rememberFailuresMs });

  return async (hostname, signal) => {
    if (isLoopbackName(hostname)) return LOOPBACK;
    if (failed.has(hostname)) throw unresolved(hostname);
    const resolver = new Resolver({ timeout: TRY_TIMEOUT_MS, tries: TRIES });
    if (servers.length > 0) resolver.setServers(servers);
    const limit = AbortSignal.timeout(LOOKUP_TIMEOUT_MS);
    const found = await ask(resolver, hostname, AbortSignal.any([signal, limit]));
    signal.throwIfAborted();
    if (found.length > 0) return found;
    if (rememberFailuresMs > 0) failed.set(hostname, true);
    throw unresolved(hostname);
  };
}

const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

export function isLoopbackName(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Both families at once. A family without an answer in time has no address. */
async function ask(
  resolver: Resolver,
  hostname: string,
  signal: AbortSignal,
): Promise<LookupAddress[]> {
  const found: LookupAddress[] = [];
  const { promise: someFound, resolve: resolveFound } = Promise.withResolvers<void>();
  const { promise: aborted, resolve: resolveAborted } = Promise.withResolvers<void>();
  const family = async (which: 4 | 6): Promise<void> => {
    const asked = which === 4 ? resolver.resolve4(hostname) : resolver.resolve6(hostname);
    const addresses = await asked.catch(() => []);
    found.push(...addresses.map((address) => ({ address, family: which })));
    if (addresses.length > 0) resolveFound();
  };
  const onAbort = (): void => resolveAborted();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) resolveAborted();
  try {
    const all = Promise.all([family(4), family(6)]);
    await Promise.race([all, someFound, aborted]);
    if (found.length > 0) await Promise.race([all, delay(SECOND_FAMILY_MS), aborted]);
    return found.toSorted((left, right) => left.family - right.family);
  } finally {
    signal.removeEventListener('abort', onAbort);
    resolver.cancel();
  }
}

function unresolved(hostname: string): NameUnresolved {
  return new NameUnresolved(`no name server returned an address for ${hostname}`);
}
