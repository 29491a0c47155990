import { sql, type RawBuilder } from 'kysely';
import type { StreamState } from './streams.ts';

/**
 * Whether JetStream has lost a message that it had confirmed, for a row with `published_at` and
 * `stream_sequence`. JetStream confirms before it syncs its files, and its store may be lost altogether:
 * what it no longer has shows as a sequence above its last, or as a stream younger than the
 * confirmation, or as no stream at all. Ask before anything new is published, or a new message takes
 * the place of a lost one.
 */
export function isLost(state: StreamState | undefined): RawBuilder<boolean> {
  if (!state) return sql`true`;
  return sql`(stream_sequence > ${String(state.lastSequence)} or published_at < ${state.createdAt})`;
}
