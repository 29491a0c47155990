import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import type { WebhookCaller } from '@landfall/marketplace/webhook-verifier';

/** How a verified call came. */
export interface Arrival {
  /** Digest of the content. */
  readonly id: string;
  /** JSON of what many calls have in common. */
  readonly content: string;
  /** Microsoft's ids of this call, by which its support finds it. */
  readonly requestId: string | undefined;
  readonly correlationId: string | undefined;
}

interface Content {
  readonly headers: Readonly<Record<string, string>>;
  /** What the verified token says. The token itself is never stored. */
  readonly token: WebhookCaller;
}

const FORWARDED_FOR = 'x-forwarded-for';
/** They show what was sent, by what software and from where. An id of the call would make each call its own arrival. */
const SHARED = ['content-type', 'content-encoding', 'user-agent', FORWARDED_FOR] as const;
const [REQUEST_ID, CORRELATION_ID] = ['x-ms-requestid', 'x-ms-correlationid'] as const;
/** A GUID has 36 characters and a content type about 30. */
const MAX_VALUE_LENGTH = 100;
/** More proxies than anyone has in front of Landfall. */
const MAX_FORWARDS = 5;
const UUID_DIGITS = 32;
/** Bounds the memory of a token. */
const MAX_KNOWN = 100;

type Shared = Pick<Arrival, 'id' | 'content'>;
/** By token, then by headers: reading and hashing them for each call would take a tenth of the time that storing takes. */
const known = new WeakMap<WebhookCaller, Map<string, Shared>>();

export function arrivalOf(headers: IncomingHttpHeaders, claims: WebhookCaller): Arrival {
  const values = SHARED.map((name) => headerOf(headers, name));
  const key = values.join('\n');
  const ofToken = known.get(claims) ?? new Map<string, Shared>();
  const shared = ofToken.get(key) ?? sharedOf(values, claims);
  if (ofToken.size >= MAX_KNOWN) ofToken.clear();
  known.set(claims, ofToken.set(key, shared));
  return {
    ...shared,
    requestId: bounded(headerOf(headers, REQUEST_ID)),
    correlationId: bounded(headerOf(headers, CORRELATION_ID)),
  };
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function sharedOf(values: readonly (string | undefined)[], token: WebhookCaller): Shared {
  const headers: Record<string, string> = {};
  for (const [index, name] of SHARED.entries()) {
    const value = values[index];
    if (value === undefined) continue;
    headers[name] = name === FORWARDED_FOR ? networksOf(value) : bounded(value);
  }
  const content = JSON.stringify({ headers, token } satisfies Content);
  return { id: hash('sha256', content).slice(0, UUID_DIGITS), content };
}

/** A stored arrival, for people: the headers, and what each check of the token found. */
export function arrivalView({ content, requestId, correlationId }: Omit<Arrival, 'id'>) {
  const { headers: shared, token } = JSON.parse(content) as Content;
  const headers: Record<string, string> = {
    ...shared,
    ...(requestId === undefined ? {} : { [REQUEST_ID]: requestId }),
    ...(correlationId === undefined ? {} : { [CORRELATION_ID]: correlationId }),
  };
  const { keyId, audience, tenantId, caller, issuer, tokenVersion } = token;
  const verification = [
    { check: 'signature', found: keyId },
    { check: 'audience', found: audience },
    { check: 'tenant', found: tenantId },
    { check: 'caller', found: caller },
    { check: 'issuer', found: issuer },
    { check: 'version', found: String(tokenVersion) },
  ] as const;
  return { headers, verification: [...verification] };
}

/** Addresses reduced to networks, which are enough to see whether Microsoft or a proxy called. */
function networksOf(addresses: string): string {
  return addresses.split(',').slice(0, MAX_FORWARDS).map(networkOf).join(', ');
}

function networkOf(forwarded: string): string {
  // Some proxies add the port: 192.0.2.1:4711 or [2001:db8::1]:4711.
  const [, bracketed, v4] = /^\[([^\]]*)\]|^([\d.]+)(?::\d+)?$/.exec(forwarded.trim()) ?? [];
  const address = bracketed ?? v4 ?? forwarded.trim();
  if (isIP(address) === 0) return 'unknown';
  if (!isIPv6(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  return `${leadingGroups(address)}::/48`;
}

/** The first three groups of an IPv6 address; groups that `::` leaves out are 0. */
function leadingGroups(address: string): string {
  const [head = ''] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  return [...groups, '0', '0', '0'].slice(0, 3).join(':');
}

/** Postgres rejects NUL, and one such value would fail the statement for all rows in it. */
function bounded<Text extends string | undefined>(
  text: Text,
): Text extends string ? string : string | undefined;
function bounded(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_VALUE_LENGTH).replaceAll('\0', '\uFFFD').toWellFormed();
}
