import { sql } from 'kysely';
import { ingestErasures } from '@landfall/contracts/streams';
import type { Bus } from '@landfall/service-kit/bus';
import { erasedBody } from '../delivery/personal-data.ts';
import type { Db } from '../db/schema.ts';

/** A subscription has tens of notifications, seldom more: each round is one short transaction. */
const BATCH = 100;

/**
 * Follows the worker's word that an ended subscription's personal data is erased, and does the same to
 * what Microsoft sent about it. Repeating it changes nothing, so no inbox is needed.
 */
export async function consumeErasures(db: Db, bus: Bus): Promise<AsyncDisposable> {
  return await bus.consume(ingestErasures, ({ subscription }) => erasePersons(db, subscription.id));
}

/** Notifications that wait to be published are told by their columns, not by their bodies. */
export async function erasePersons(db: Db, subscriptionId: string): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await db.kysely
      .selectFrom('notifications')
      .select(['id', 'body'])
      .where('subscription_id', '=', subscriptionId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    const last = rows.at(-1);
    if (!last) return;
    const erased = rows.map(({ id, body }) => ({ id, body: erasedBody(body) }));
    await sql`
      update notifications set body = erased.body
      from jsonb_to_recordset(${JSON.stringify(erased)}::jsonb) as erased (id uuid, body text)
      where notifications.id = erased.id and notifications.body <> erased.body
    `.execute(db.kysely);
    after = last.id;
  }
}
