import type { Finding } from './checks.ts';

/** People wait for the doctor, and a public address answers within a second or two. */
const PROBE_TIMEOUT_MS = 5_000;
/** Enough for a page of Microsoft's sign-in, whose error text is near its beginning. */
const MAX_BODY_BYTES = 256 * 1024;

/** The answer of an address, or the reason why there is none. */
export type Probe =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Headers;
      readonly body: string;
    }
  | { readonly kind: 'failure'; readonly reason: FailureReason; readonly code: string };

export type FailureReason = 'name' | 'certificate' | 'refused' | 'timeout' | 'network';

/** Calls an address once, without following redirects, and reads at most the beginning of the body. Never throws. */
export async function probe(
  url: string,
  init: Pick<RequestInit, 'method' | 'headers' | 'body'> & { readonly signal: AbortSignal },
): Promise<Probe> {
  const limit = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const signal = AbortSignal.any([init.signal, limit]);
  try {
    const { status, headers, body } = await fetch(url, { ...init, redirect: 'manual', signal });
    return { kind: 'answer', status, headers, body: await beginningOf(body) };
  } catch (error: unknown) {
    if (signal.aborted) return { kind: 'failure', reason: 'timeout', code: 'ETIMEDOUT' };
    const code = codeOf(error);
    return { kind: 'failure', reason: reasonOf(code), code };
  }
}

async function beginningOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}

const REASONS: readonly (readonly [RegExp, FailureReason])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'name'],
  [/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|^EPROTO$/, 'certificate'],
  [/^ECONNREFUSED$/, 'refused'],
  [/TIMEOUT|TIMEDOUT/, 'timeout'],
];

function reasonOf(code: string): FailureReason {
  return REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? 'network';
}

/** The finding for an address that could not be called. */
export function failureFinding(
  url: string,
  { reason, code }: Extract<Probe, { kind: 'failure' }>,
): Finding {
  const { host } = new URL(url);
  return { severity: 'error', ...FAILURES[reason](host, code), details: { url, code } };
}

const FAILURES: Readonly<
  Record<
    FailureReason,
    (host: string, code: string) => Pick<Finding, 'finding' | 'cause' | 'nextStep'>
  >
> = {
  name: (host) => ({
    finding: `The name ${host} does not resolve.`,
    cause: 'The DNS record is missing, or this network uses another name server.',
    nextStep: `Create the DNS record of ${host}, or correct PUBLIC_URL.`,
  }),
  certificate: (host, code) => ({
    finding: `The TLS certificate of ${host} is not accepted (${code}).`,
    cause:
      'It has expired, is for another name, or its chain is incomplete. Microsoft refuses it as well.',
    nextStep: `Install a valid certificate with its whole chain on the proxy of ${host}.`,
  }),
  refused: (host) => ({
    finding: `Nothing listens at ${host}.`,
    cause: 'The proxy does not run, or PUBLIC_URL has the wrong port.',
    nextStep: 'Start the proxy, or correct PUBLIC_URL.',
  }),
  timeout: (host) => ({
    finding: `${host} did not answer within ${PROBE_TIMEOUT_MS / 1000} seconds.`,
    cause:
      'A firewall drops the connection, or this network cannot reach its own public address (hairpin NAT).',
    nextStep: `Call the address from another network: curl -i https://${host}/readyz. If that works, only the way from here is closed.`,
  }),
  network: (host, code) => ({
    finding: `The connection to ${host} broke (${code}).`,
    cause: 'A proxy or firewall closed it.',
    nextStep: "Read the proxy's log.",
  }),
};
