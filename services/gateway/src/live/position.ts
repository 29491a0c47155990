import { createHash } from 'node:crypto';

/** How far a reader is in each stream, in the order of the feed's streams. */
export type Sequences = readonly number[];

/** Enough to tell the few times apart at which an installation's streams were made. */
const GENERATION_LENGTH = 8;

/** Changes when one of the streams is made again, because its sequences then begin anew. */
export function generationOf(createdAt: readonly Date[]): string {
  const times = createdAt.map((time) => time.toISOString()).join();
  return createHash('sha256').update(times).digest('hex').slice(0, GENERATION_LENGTH);
}

/**
 * The id of an event: how far its reader is in every stream. The streams' own sequences are the same on all instances, so
 * any of them can continue after it.
 */
export function positionId(generation: string, sequences: Sequences): string {
  return [generation, ...sequences.map((sequence) => sequence.toString(36))].join('-');
}

/** Undefined if the text is not an id of ours, or is from another generation. */
export function readPosition(
  id: string,
  { generation, streams }: { readonly generation: string; readonly streams: number },
): Sequences | undefined {
  const [given, ...parts] = id.split('-');
  if (given !== generation || parts.length !== streams) return undefined;
  if (!parts.every((part) => /^[0-9a-z]{1,10}$/.test(part))) return undefined;
  return parts.map((part) => Number.parseInt(part, 36));
}
