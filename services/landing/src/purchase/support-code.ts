import { randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O, U, so that a code survives being read out on the telephone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 2^40 codes: a clash among a million visits that are kept has odds of one in two million per visit. */
const LENGTH = 8;

/** A new support code such as `7K3M-9QXD`: random, and derived from nothing that it could betray. */
export function newSupportCode(): string {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}
