import { ingestErasures } from '@landfall/contracts/streams';
import type { Bus } from '@landfall/service-kit/bus';
import type { Db } from '../db/schema.ts';
import { erasedBody } from '../delivery/personal-data.ts';
import { replaceBodies, selectBodies, type StoredBody } from '../store/bodies.ts';

/** A subscription has tens of notifications and seldom more. Each batch is one short transaction. */
const BATCH = 100;

/**
 * When the worker has erased the personal data of an ended subscription, erases it from the stored notifications too.
 * Repeating it changes nothing, so it needs no inbox.
 */
export async function consumeErasures(db: Db, bus: Bus): Promise<AsyncDisposable> {
  return await bus.consume(ingestErasures, ({ subscription }) =>
    erasePersonalData(db, subscription.id),
  );
}

function erasePersonalData(db: Db, subscriptionId: string): Promise<void> {
  return eraseBodies(db, (page) => selectBodies(db, subscriptionId, page));
}

/**
 * Erases people from all bodies that `select` returns, page by page. Notifications that wait to be published are safe: the
 * fact is built from their columns, not from their bodies.
 */
export async function eraseBodies(
  db: Db,
  select: (page: { after: string; limit: number }) => Promise<readonly StoredBody[]>,
): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await select({ after, limit: BATCH });
    const last = rows.at(-1);
    if (!last) return;
    await replaceBodies(
      db,
      rows.map(({ id, body }) => ({ id, body: erasedBody(body) })),
    );
    after = last.id;
  }
}
