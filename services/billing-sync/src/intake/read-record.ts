import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { usageRecord } from '@landfall/contracts/usage-procedures';
import { type Decimal, readDecimal } from '@landfall/domain/decimal';
import { subscriptionKey } from '../store/subscriptions.ts';

/** A reported record in the expected form. */
export interface ReadRecord {
  readonly eventId: string;
  readonly subscriptionId: string;
  readonly meter: string;
  readonly quantity: Decimal;
  readonly occurredAt: Date;
  /** Records with the same content have the same hash. */
  readonly contentHash: string;
}

/** A record that cannot be read, with the parts of it that can. */
export interface UnreadableRecord {
  readonly eventId: string | undefined;
  readonly subscriptionId: string | undefined;
  readonly meter: string | undefined;
  readonly refusal: 'malformed' | 'quantity-invalid';
  readonly message: string;
}

export const QUANTITY_MESSAGE =
  'The quantity must be above 0, with at most 13 digits before the decimal point and 12 after it. Send it as text, such as "12.5", so that it stays exact.';

const FIELD_MESSAGES: ReadonlyMap<string, string> = new Map([
  ['quantity', 'quantity is not a decimal number'],
  [
    'occurredAt',
    'occurredAt is not a time with a time zone, such as 2026-11-29T10:17:00Z or 2026-11-29T11:17:00+01:00',
  ],
]);

/** Reads one record, whatever it is. Never throws. */
export function readRecord(given: unknown): ReadRecord | UnreadableRecord {
  const parsed = usageRecord.safeParse(given);
  if (!parsed.success) return unreadable(given, parsed.error);
  const { eventId, dimension, quantity: written } = parsed.data;
  const quantity = readDecimal(written);
  if (quantity === undefined) return invalidQuantity(given);
  const occurredAt = new Date(parsed.data.occurredAt);
  const subscriptionId = subscriptionKey(parsed.data.subscriptionId);
  const content = { subscriptionId, meter: dimension, quantity, occurredAt };
  return { eventId, ...content, contentHash: hashOf(content) };
}

/** The quantity is hashed as JavaScript writes numbers, so that hashes from before quantities were exact still match. */
function hashOf(content: Omit<ReadRecord, 'eventId' | 'contentHash'>): string {
  const { subscriptionId, meter, quantity, occurredAt } = content;
  const texts = [subscriptionId, meter, occurredAt.toISOString()];
  const [subscription, dimension, at] = texts.map((text) => JSON.stringify(text));
  return createHash('sha256')
    .update(`[${subscription},${dimension},${quantity.toString()},${at}]`)
    .digest('base64url');
}

function unreadable(given: unknown, error: z.ZodError): UnreadableRecord {
  const isNumber = ['string', 'number'].includes(typeof fieldOf(given, 'quantity'));
  if (isNumber && error.issues.every(({ path }) => path[0] === 'quantity')) {
    return invalidQuantity(given);
  }
  return { ...partsOf(given), refusal: 'malformed', message: malformedMessage(given, error) };
}

function invalidQuantity(given: unknown): UnreadableRecord {
  return { ...partsOf(given), refusal: 'quantity-invalid', message: QUANTITY_MESSAGE };
}

function malformedMessage(given: unknown, error: z.ZodError): string {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return 'The record is not an object.';
  }
  const problems = error.issues.map(({ path, message }) => {
    const field = String(path[0]);
    const value = fieldOf(given, field);
    if (value === undefined || value === null || value === '') return `${field} is missing`;
    return FIELD_MESSAGES.get(field) ?? `${field}: ${message}`;
  });
  return [...new Set(problems)].join('; ');
}

function partsOf(given: unknown): Pick<UnreadableRecord, 'eventId' | 'subscriptionId' | 'meter'> {
  const { eventId, subscriptionId, dimension } = usageRecord.shape;
  const id = subscriptionId.safeParse(fieldOf(given, 'subscriptionId')).data;
  return {
    eventId: eventId.safeParse(fieldOf(given, 'eventId')).data,
    subscriptionId: id === undefined ? undefined : subscriptionKey(id),
    meter: dimension.safeParse(fieldOf(given, 'dimension')).data,
  };
}

function fieldOf(given: unknown, field: string): unknown {
  return typeof given === 'object' && given !== null
    ? new Map<string, unknown>(Object.entries(given)).get(field)
    : undefined;
}
