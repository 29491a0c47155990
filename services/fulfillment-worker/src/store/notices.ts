import { sql } from 'kysely';
import type { Trx } from '../db/schema.ts';

/** The destination's times have changed: the notices that wait are looked at again. */
export async function lookAtNoticesAgain(trx: Trx, destinationId: string): Promise<void> {
  await sql`
    update notices set due_at = not_before where destination_id = ${destinationId} and due_at is not null
  `.execute(trx);
}
