import type { IncomingMessage } from 'node:http';

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

/** Headers by which proxies name the caller and the original request. From outside they cannot be trusted. */
const UNTRUSTED =
  /^(?:landfall-.*|x-forwarded.*|forwarded|via|x-real-ip|x-client-ip|x-original-.*|x-rewrite-url|x-http-method.*)$/;

/** Kept even if the caller's Connection header names them. */
const END_TO_END = new Set(['authorization', 'cookie', 'host', 'content-length', 'content-type']);

/**
 * Rewrites a request's headers for an upstream, in place. Removes hop-by-hop headers and untrusted ones, and adds what
 * the gateway itself knows about the caller. Everything else stays byte for byte.
 */
export function forwardHeaders(
  req: IncomingMessage,
  caller: { readonly address: string; readonly publicUrl: URL },
): void {
  const named = new Set(
    (req.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()),
  ).difference(END_TO_END);
  for (const name of Object.keys(req.headers)) {
    if (HOP_BY_HOP.has(name) || UNTRUSTED.test(name) || named.has(name)) {
      delete req.headers[name];
    }
  }
  req.headers['x-forwarded-for'] = caller.address;
  req.headers['x-forwarded-proto'] = caller.publicUrl.protocol.slice(0, -1);
  req.headers['x-forwarded-host'] = caller.publicUrl.host;
}

/** Removes hop-by-hop headers from an upstream's answer. */
export function dropHopByHop(headers: IncomingMessage['headers']): void {
  for (const name of Object.keys(headers)) {
    if (HOP_BY_HOP.has(name)) delete headers[name];
  }
}
