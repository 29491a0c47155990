import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Standard Webhooks recommends five minutes, which tolerates clocks that differ and limits replays. Each attempt
 * of a delivery is signed with its own time.
 */
const TOLERANCE_MS = 5 * 60 * 1000;

const SECRET_PREFIX = 'whsec_';
const SIGNATURE_VERSION = 'v1,';

/**
 * Why a request was not accepted, and what to answer:
 * - `headers-invalid`: one of the three `webhook-…` headers is missing or malformed. Answer 400.
 * - `timestamp-outside-tolerance`: signed too long ago, or in the future. It may be a replay, or a clock may be
 *   wrong. Answer 400.
 * - `signature-mismatch`: none of your secrets made the signature, or the body has changed since.
 *   Answer 400.
 * - `event-unknown`: genuine, but unknown to this version of the client. Answer 204 and update it.
 * - `secret-invalid`: one of your secrets is not `whsec_` followed by base64. Answer 500.
 */
export type ProductEventErrorCode =
  | 'headers-invalid'
  | 'timestamp-outside-tolerance'
  | 'signature-mismatch'
  | 'event-unknown'
  | 'secret-invalid';

/** Thrown for a request that you must not act on. `code` says why. The message quotes nothing from the request. */
export class ProductEventError extends Error {
  override readonly name = 'ProductEventError';
  readonly code: ProductEventErrorCode;

  constructor(code: ProductEventErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A request from Landfall, as your server received it. */
export interface ReceivedEvent {
  /** `request.headers` of Node's `http` or of the Fetch API. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it arrived. If it was parsed and serialised again, the signature does not match. */
  readonly body: string | Uint8Array;
  /** The destination's secrets in force (`whsec_…`): one, or two during a rotation. */
  readonly secrets: readonly string[];
  /** The current time. Default: the system clock. */
  readonly now?: Date;
  /** How far the signature's time may be from `now`, in milliseconds. Default: five minutes. */
  readonly toleranceMs?: number;
}

/** Checks the signature and its time. Returns the `webhook-id` and the parsed body; undefined if it is not JSON. */
export function verifySigned(received: ReceivedEvent): {
  readonly id: string;
  readonly content: unknown;
} {
  const { body, secrets, now = new Date(), toleranceMs = TOLERANCE_MS } = received;
  const id = header(received, 'webhook-id');
  const timestamp = header(received, 'webhook-timestamp');
  const signatures = header(received, 'webhook-signature').split(' ');
  if (!/^\d{1,12}$/.test(timestamp)) throw headersInvalid('webhook-timestamp');
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > toleranceMs) {
    throw new ProductEventError(
      'timestamp-outside-tolerance',
      'the event was signed too long ago or in the future',
    );
  }
  const given = signatures.flatMap((signature) =>
    signature.startsWith(SIGNATURE_VERSION)
      ? [Buffer.from(signature.slice(SIGNATURE_VERSION.length), 'base64')]
      : [],
  );
  const expected = secrets.map((secret) =>
    createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest(),
  );
  if (!expected.some((digest) => given.some((one) => isSame(digest, one)))) {
    throw new ProductEventError(
      'signature-mismatch',
      'none of the secrets matches the signature and the body',
    );
  }
  return { id, content: parseJson(body) };
}

function parseJson(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString()) as unknown;
  } catch {
    return undefined;
  }
}

function header({ headers }: Pick<ReceivedEvent, 'headers'>, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value === 'string' && value !== '') return value;
  throw headersInvalid(name);
}

function headersInvalid(name: string): ProductEventError {
  return new ProductEventError('headers-invalid', `the header ${name} is missing or malformed`);
}

function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  if (secret.startsWith(SECRET_PREFIX) && key.byteLength > 0) return key;
  throw new ProductEventError('secret-invalid', 'a secret must be whsec_ followed by base64');
}

function isSame(left: Buffer, right: Buffer): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
