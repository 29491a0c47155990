import type { IncomingMessage } from 'node:http';
import { BANNERS } from './security-headers.ts';

/** Headers that are valid for one connection only: RFC 9110 section 7.6.1, and those that proxies have added. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** Headers by which proxies name the caller, the original request and its trace. From outside they cannot be trusted. */
const UNTRUSTED =
  /^(?:landfall-.*|x-forwarded.*|forwarded|via|x-real-ip|x-client-ip|x-original-.*|x-rewrite-url|x-http-method.*|traceparent|tracestate|baggage)$/;

/** Headers that the gateway writes itself: the upstream's own name, and the length of the body that is really sent. */
const WRITTEN_ANEW = new Set(['host', 'content-length']);

/** Kept even if the caller's Connection header names them. */
const END_TO_END = new Set(['authorization', 'cookie', 'content-type']);

/** Names and values in turn, as Node reads and writes them. */
export type RawHeaders = string[];

/**
 * A request's headers for an upstream: without hop-by-hop headers and untrusted ones, and with what the gateway itself
 * knows about the caller. Everything else stays byte for byte.
 */
export function forwardedHeaders(
  { headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  caller: {
    readonly address: string;
    readonly publicUrl: URL;
    readonly upstreamHost: string;
    readonly traceParent?: string | undefined;
  },
): RawHeaders {
  const named = namedIn(headers.connection);
  return [
    ...withoutNames(
      rawHeaders,
      (name) =>
        HOP_BY_HOP.has(name) ||
        WRITTEN_ANEW.has(name) ||
        UNTRUSTED.test(name) ||
        (named.has(name) && !END_TO_END.has(name)),
    ),
    'host',
    caller.upstreamHost,
    'x-forwarded-for',
    caller.address,
    'x-forwarded-proto',
    caller.publicUrl.protocol.slice(0, -1),
    'x-forwarded-host',
    caller.publicUrl.host,
    ...(caller.traceParent === undefined ? [] : ['traceparent', caller.traceParent]),
  ];
}

/** The headers of an upstream's answer without hop-by-hop headers, banners, and those that the gateway sets. */
export function answeredHeaders(
  rawHeaders: readonly string[],
  own: { has(name: string): boolean },
): RawHeaders {
  return withoutNames(
    rawHeaders,
    (name) => HOP_BY_HOP.has(name) || BANNERS.has(name) || own.has(name),
  );
}

/** The headers that the sender's Connection header declares as hop-by-hop. Most requests have none. */
function namedIn(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined) return NONE;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

const NONE: ReadonlySet<string> = new Set();

function withoutNames(
  rawHeaders: readonly string[],
  isDropped: (name: string) => boolean,
): RawHeaders {
  const kept: RawHeaders = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [rawHeaders[index], rawHeaders[index + 1]];
    if (!isDropped(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
