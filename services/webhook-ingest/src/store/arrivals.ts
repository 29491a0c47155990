import type { Db } from '../db/schema.ts';
import type { Arrival } from '../delivery/arrival.ts';
import type { Delivery } from '../delivery/delivery.ts';

/** After this time it is stored again, so that retention sees that it is in use. */
const REFRESH_MS = 60 * 60 * 1_000;
/** Bounds the memory. Microsoft's calls come in a few dozen ways: by key, by user agent, by network. */
const MAX_KNOWN = 1_000;

/** Stores how deliveries came: once an hour for each way, so that storing a delivery usually costs no statement more. */
export function createArrivals(db: Pick<Db, 'pool'>) {
  const storedAt = new Map<string, number>();
  return {
    async store(deliveries: readonly Pick<Delivery, 'arrival' | 'receivedAt'>[]): Promise<void> {
      const due = new Map<string, { content: string; receivedAt: Date }>();
      for (const { arrival, receivedAt } of deliveries) {
        const last = storedAt.get(arrival.id) ?? Number.NEGATIVE_INFINITY;
        if (receivedAt.getTime() - last < REFRESH_MS) continue;
        due.set(arrival.id, { content: arrival.content, receivedAt });
      }
      if (due.size === 0) return;
      // Sorted, so that statements of several instances cannot deadlock.
      const rows = [...due].sort(([left], [right]) => (left < right ? -1 : 1));
      await db.pool.query({
        name: 'store-arrivals',
        text: `
          insert into arrivals (id, content, seen_at)
          select * from unnest($1::uuid[], $2::text[], $3::timestamptz[])
          on conflict (id) do update set seen_at = greatest(arrivals.seen_at, excluded.seen_at)`,
        values: [
          rows.map(([id]) => id),
          rows.map(([, { content }]) => content),
          rows.map(([, { receivedAt }]) => receivedAt),
        ],
      });
      if (storedAt.size + rows.length > MAX_KNOWN) storedAt.clear();
      for (const [id, { receivedAt }] of rows) storedAt.set(id, receivedAt.getTime());
    },
  };
}

/** Undefined for a notification that was stored before arrivals were. */
export async function findArrival(
  db: Db,
  notification: {
    readonly arrivalId: string | null;
    readonly microsoftRequestId: string | null;
    readonly microsoftCorrelationId: string | null;
  },
): Promise<Omit<Arrival, 'id'> | undefined> {
  const { arrivalId, microsoftRequestId, microsoftCorrelationId } = notification;
  if (arrivalId === null) return undefined;
  const query = db.kysely.selectFrom('arrivals').select('content').where('id', '=', arrivalId);
  const row = await query.executeTakeFirst();
  if (!row) return undefined;
  return {
    content: row.content,
    requestId: microsoftRequestId ?? undefined,
    correlationId: microsoftCorrelationId ?? undefined,
  };
}
