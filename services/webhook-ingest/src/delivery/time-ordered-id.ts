import { randomUUID } from 'node:crypto';

/** Hexadecimal digits of the milliseconds (RFC 9562, section 5.7). */
const TIME_DIGITS = 12;
/** Where the version and the random digits of a UUID begin. */
const RANDOM_FROM = 15;

/**
 * A UUID of version 7. It begins with the time, so that new rows go to the end of an index. They cost least there, and the
 * rest of the index need not be in memory.
 */
export function timeOrderedId(): string {
  const time = Date.now().toString(16).padStart(TIME_DIGITS, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(RANDOM_FROM)}`;
}
