import { createHash } from 'node:crypto';
import type { AuditEntriesTable } from '../db/schema.ts';

/** An entry as it is given to the log: without its place in the chain. */
export type NewEntry = Omit<AuditEntriesTable, 'sequence' | 'hash'>;

/** An entry at its place. */
export type ChainedEntry = AuditEntriesTable;

/** A place in the chain. The first entry continues from sequence 0 and the hash of nothing. */
export interface Link {
  readonly sequence: bigint;
  readonly hash: Buffer;
}

/**
 * The hash of an entry: SHA-256 of the previous hash in hexadecimal, followed by a JSON array of all its values.
 * docs/audit.md describes it for auditors, so it must never change.
 */
export function hashOf(previous: Buffer, entry: Omit<ChainedEntry, 'hash'>): Buffer {
  const content = JSON.stringify([
    entry.sequence,
    entry.at.toISOString(),
    entry.actor,
    entry.publisherId,
    entry.procedure,
    entry.subject,
    entry.outcome,
    entry.reason,
    entry.requestedBy,
    entry.approvedBy,
    entry.source,
    entry.before,
    entry.after,
    entry.correlationId,
    entry.times,
  ]);
  return createHash('sha256').update(previous.toString('hex')).update(content).digest();
}

/** Gives entries their places after `last`, in order. */
export function chained(last: Link, entries: readonly NewEntry[]): ChainedEntry[] {
  let { sequence, hash } = last;
  return entries.map((entry) => {
    sequence += 1n;
    const placed = { ...entry, sequence: String(sequence) };
    hash = hashOf(hash, placed);
    return { ...placed, hash };
  });
}

/**
 * Checks entries, in order, against the link before them. Returns the last link, or the sequence at which the chain is
 * broken: of an entry whose hash is wrong, or of the first one that is missing.
 */
export function checkLinks(
  from: Link,
  entries: readonly ChainedEntry[],
): { readonly last: Link } | { readonly brokenAt: string } {
  let last = from;
  for (const entry of entries) {
    const expected = last.sequence + 1n;
    if (BigInt(entry.sequence) !== expected) return { brokenAt: String(expected) };
    if (!hashOf(last.hash, entry).equals(entry.hash)) return { brokenAt: entry.sequence };
    last = { sequence: expected, hash: entry.hash };
  }
  return { last };
}
