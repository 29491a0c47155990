import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isLoopbackName, type NameLookup } from './name-lookup.ts';

/**
 * Azure's platform address (DNS, health probes, the VM agent's secrets). Its range is public, but it is
 * reachable only from inside.
 * https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
 */
const AZURE_PLATFORM_ADDRESS = '168.63.129.16';

/** Contains all global unicast addresses of IPv6 (RFC 4291, IANA); ipaddr.js lists only the exceptions. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Code of an attempt that was not made, because its address is not allowed. */
export const ADDRESS_REFUSED = 'ERR_ADDRESS_REFUSED';

class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = ADDRESS_REFUSED;
}

type AddressKind = 'public' | 'loopback' | 'inside';

/** The kind of an IP address. Everything that is not certainly public counts as inside. */
export function kindOfAddress(address: string): AddressKind {
  if (!ipaddr.isValid(address)) return 'inside';
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range === 'loopback') return 'loopback';
  if (range !== 'unicast' || parsed.toString() === AZURE_PLATFORM_ADDRESS) return 'inside';
  const isGlobal = parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6);
  return isGlobal ? 'public' : 'inside';
}

/**
 * Why a URL cannot be a destination, as far as it shows without a name server: `scheme`, `credentials` or
 * `address`. Undefined if nothing speaks against it yet. `isLocal` is for a marketplace on loopback: http and
 * loopback are then allowed too, but no other inside address.
 */
export function refuseUrl(
  text: string,
  isLocal: boolean,
): 'scheme' | 'credentials' | 'address' | undefined {
  const url = URL.parse(text);
  const isPlain = url?.protocol === 'http:';
  if (!url || (url.protocol !== 'https:' && !(isPlain && isLocal))) return 'scheme';
  if (url.username !== '' || url.password !== '') return 'credentials';
  const kind = kindOfHost(url.hostname);
  if (kind === undefined) return undefined;
  return isAllowed(kind, { isLocal, isPlain }) ? undefined : 'address';
}

/**
 * A `lookup` for `http.request` that allows a connection only if every address of the name is allowed. The
 * connection uses the checked addresses, so the name cannot point elsewhere in between. Literal addresses
 * are never looked up; {@link refuseUrl} checks those.
 */
export function guardedLookup(
  url: URL,
  isLocal: boolean,
  asked: { readonly lookup: NameLookup; readonly signal: AbortSignal },
): LookupFunction {
  const isPlain = url.protocol === 'http:';
  const allowed = async (hostname: string): Promise<[LookupAddress, ...LookupAddress[]]> => {
    const [first, ...others] = await asked.lookup(hostname, asked.signal);
    if (!first) throw new Error('no address');
    const addresses = [first, ...others] as [LookupAddress, ...LookupAddress[]];
    if (addresses.every((found) => isUsable(found, { isLocal, isPlain }))) return addresses;
    throw new AddressRefused('the name resolves to an address that must not receive events');
  };
  return (hostname, options, callback) => {
    allowed(hostname).then(
      (addresses) => {
        if (options.all) callback(null, addresses);
        else callback(null, addresses[0].address, addresses[0].family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, ''),
    );
  };
}

interface Allowance {
  readonly isLocal: boolean;
  /** Plain http, which is allowed only on this machine. */
  readonly isPlain: boolean;
}

function isUsable({ address }: LookupAddress, allowance: Allowance): boolean {
  return isAllowed(kindOfAddress(address), allowance);
}

function isAllowed(kind: AddressKind, { isLocal, isPlain }: Allowance): boolean {
  if (kind === 'loopback') return isLocal;
  return kind === 'public' && !isPlain;
}

/** Undefined for a name that must be looked up. */
function kindOfHost(hostname: string): AddressKind | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (ipaddr.isValid(host)) return kindOfAddress(host);
  return isLoopbackName(host) ? 'loopback' : undefined;
}
