import { randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, which cannot be guessed. */
export function random(): string {
  return randomBytes(32).toString('base64url');
}

/** The format that `random` produces. */
export const RANDOM = /^[\w-]{43}$/;

/** Compares in constant time. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
