import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Answer, AttemptFailure } from './channels/channel.ts';
import { ADDRESS_REFUSED, guardedLookup, refuseUrl } from './address-guard.ts';
import type { NameLookup } from './name-lookup.ts';

/** The answer's body hardly matters. This much is read, so that the receiver can finish it. */
const MAX_ANSWER_BYTES = 4 * 1024;

export interface Post {
  /** Null for a destination without a URL, which is refused. */
  readonly url: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends everything: look-up, connection, TLS and answer. */
  readonly signal: AbortSignal;
  readonly isLocal: boolean;
  /** Look-ups end with the post. */
  readonly lookup: NameLookup;
  /** Whether the answer's body is needed. */
  readonly wantsText?: boolean | undefined;
}

/** The result of a post. */
export interface PostAnswer extends Answer {
  /** The body, if it was requested and arrived completely. */
  readonly text?: string | undefined;
}

/**
 * Posts once and never throws. Follows no redirect, sends nothing to an address that is not allowed, and
 * keeps only the answer's status, unless its body is requested. Each post has its own connection, because the
 * address is checked for each post and an idle connection could break.
 */
export async function postEvent(post: Post): Promise<PostAnswer> {
  if (post.url === null || refuseUrl(post.url, post.isLocal)) return { failure: 'address-refused' };
  const url = new URL(post.url);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const { promise, resolve } = Promise.withResolvers<PostAnswer>();
  const { signal } = post;
  const outgoing = request(url, {
    method: 'POST',
    headers: { ...post.headers, 'content-length': String(Buffer.byteLength(post.body)) },
    agent: false,
    lookup: guardedLookup(url, post.isLocal, { lookup: post.lookup, signal }),
    signal,
  });
  // Once the status is known, a body that never ends or breaks off does not change the result.
  let verdict: Answer | undefined;
  outgoing.on('response', (answer) => {
    const spoken = verdictOf(answer);
    verdict = spoken;
    drain(answer, (text) => resolve(post.wantsText ? { ...spoken, text } : spoken));
  });
  outgoing.on('error', (error) => resolve(verdict ?? { failure: failureOf(error) }));
  // Neither an answer nor an error: Node closes silently if a receiver switches protocols.
  outgoing.on('close', () => {
    if (!verdict) resolve({ failure: 'connection' });
  });
  outgoing.end(post.body);
  return await promise;
}

/** Passes on the body when it has ended; undefined if it was too long or broke off. */
function drain(answer: IncomingMessage, done: (text: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  answer.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) answer.destroy();
    else chunks.push(chunk);
  });
  answer.on('error', () => {});
  answer.on('close', () => {
    const isWhole = answer.complete && size <= MAX_ANSWER_BYTES;
    done(isWhole ? Buffer.concat(chunks).toString() : undefined);
  });
}

function verdictOf({ statusCode: status = 0, headers }: IncomingMessage): Answer {
  if (status >= 200 && status < 300) return { status };
  if (status >= 300 && status < 400) return { status, failure: 'redirect' };
  if (status === 410) return { status, failure: 'gone' };
  if (status !== 429 && status !== 503) return { status, failure: 'status' };
  const retryAfterMs = parseRetryAfter(headers['retry-after'], Date.now());
  return { status, failure: 'status', retryAfterMs };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3); undefined for anything else. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const at = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

function failureOf(error: Error): AttemptFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === ADDRESS_REFUSED) return 'address-refused';
  if (code === 'ABORT_ERR' || code === 'ETIMEDOUT') return 'timeout';
  if (code === 'ENOTFOUND') return 'name-unresolved';
  if (code === 'ECONNREFUSED') return 'refused';
  if (isAboutCertificate(code)) return 'certificate';
  return /^(ERR_TLS|ERR_SSL|EPROTO)/.test(code) ? 'tls' : 'connection';
}

/** OpenSSL's codes for an invalid certificate: CERT_HAS_EXPIRED, SELF_SIGNED_CERT_…, … */
function isAboutCertificate(code: string): boolean {
  return /CERT|UNABLE_TO_(GET|VERIFY|DECODE)/.test(code);
}
