import { createHmac, timingSafeEqual } from 'node:crypto';
import { productEvent, type ProductEvent } from '@landfall/contracts/product-events';

export type { ProductEvent };

/**
 * How far an event's time may be from ours: Standard Webhooks' five minutes, which clocks keep and a
 * replayed request does not. Each attempt of a delivery is signed with its own time.
 */
const TOLERANCE_MS = 5 * 60 * 1000;

const SECRET_PREFIX = 'whsec_';
const SIGNATURE_VERSION = 'v1,';

export type ProductEventErrorCode =
  /** One of the three `webhook-…` headers is missing or has no such form. Answer 400. */
  | 'headers-invalid'
  /** Signed too long ago, or in the future: replayed, or a clock is wrong. Answer 400. */
  | 'timestamp-outside-tolerance'
  /** None of your secrets made the signature, or the body is not the one that was signed. Answer 400. */
  | 'signature-mismatch'
  /** Genuine, and nothing that this version of the client knows. Answer 204 and update the client. */
  | 'event-unknown'
  /** A secret of yours is not `whsec_` and base64. */
  | 'secret-invalid';

/** An event that must not be acted upon; `code` says why. Its message carries nothing of the request. */
export class ProductEventError extends Error {
  override readonly name = 'ProductEventError';
  readonly code: ProductEventErrorCode;

  constructor(code: ProductEventErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface ReceivedEvent {
  /** `request.headers`, of Node's http or of fetch. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it arrived: a body that was parsed and written again has another signature. */
  readonly body: string | Uint8Array;
  /** Those in force; two while one is being rotated. */
  readonly secrets: readonly string[];
  readonly now?: Date;
  readonly toleranceMs?: number;
}

/**
 * The event of a request from Landfall, if it is genuine: its signature fits one of the secrets
 * (Standard Webhooks 1.0, compared in constant time) and its time is now. Throws
 * {@link ProductEventError} otherwise. The same event may come again: remember `id`, and leave alone a
 * `subscription.version` that is not above the one you know.
 */
export function verifyProductEvent(received: ReceivedEvent): ProductEvent {
  const { id, content } = verifySigned(received);
  const parsed = productEvent.safeParse(content);
  if (parsed.success && parsed.data.id === id) return parsed.data;
  throw new ProductEventError('event-unknown', 'the event is genuine, but of a kind from later on');
}

/** What a genuine request carries, read as JSON, with its `webhook-id`; undefined where it is none. */
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
    throw new ProductEventError('signature-mismatch', 'no secret fits the signature and the body');
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
  throw new ProductEventError('secret-invalid', 'a secret is whsec_ and base64');
}

function isSame(left: Buffer, right: Buffer): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
