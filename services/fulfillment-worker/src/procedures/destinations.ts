import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { destinationView } from '@landfall/contracts/delivery-procedures';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import {
  PRODUCT_EVENT_VERSION,
  type ProductEvent,
  type ProductEventType,
} from '@landfall/contracts/product-events';
import { notFound } from '@landfall/contracts/ownership';
import { isLoopbackHost } from '@landfall/domain/loopback';
import { Rejection } from '@landfall/contracts/rejections';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import type { Db, Trx } from '../db/schema.ts';
import { refuseUrl } from '../deliveries/address-guard.ts';
import { deliveryViewOf } from './deliveries.ts';
import { countUndelivered, insertPing, removeUndelivered } from '../store/deliveries.ts';
import { unknownOffers } from '../store/known-offers.ts';
import {
  disableDestination,
  enableDestination,
  findDestination,
  insertDestination,
  isAskedByRules,
  listDestinations,
  lockDestination,
  removeDestination,
  updateDestination,
  type DestinationRow,
  type SecretSpan,
} from '../store/destinations.ts';
import { addSecret, secretSpans } from '../store/destination-secrets.ts';
import { newSecret } from '../deliveries/sign.ts';

/**
 * Limit for each publisher, and for the destinations of all publishers: each event is written once per
 * destination, in the transaction of its change.
 */
export const MAX_DESTINATIONS = 50;
/** Each secret in force signs every event. No one rotates secrets faster than this on purpose. */
const MAX_SECRETS = 4;
/** Few enough that a statement takes well below a second. */
const REMOVE_BATCH = 5_000;
const HOUR_MS = 60 * 60 * 1000;

type Destinations = Handlers<FulfillmentProcedures>['destinations'];
type DestinationView = z.output<typeof destinationView>;

export interface DestinationDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly isLocal: boolean;
  /** Call it when there may be something to send. */
  readonly wakeSender: () => void;
}

/** Destinations of events, managed by operators. A secret is only in the answer that creates it. */
export function destinationProcedures(deps: DestinationDeps): Destinations {
  const { isLocal, now, wakeSender } = deps;
  const db = deps.db.kysely;
  const viewOf = async (row: DestinationRow, trx: Db['kysely'] | Trx = db) => {
    const spans = await secretSpans(trx, [row.id], now());
    return destinationViewOf(row, spans.get(row.id) ?? []);
  };
  return {
    list: async ({ publisherId, cursor, limit }) => {
      const before = decodeCursor(cursor, z.uuid());
      if (before instanceof Rejection) return before;
      const { rows, nextCursor } = cutPage(
        await listDestinations(db, { publisherId, before, limit: limit + 1 }),
        limit,
        (row) => encodeCursor({ at: row.createdAt, id: row.id }),
      );
      const ids = rows.map(({ id }) => id);
      const spans = await secretSpans(db, ids, now());
      const items = rows.map((row) => destinationViewOf(row, spans.get(row.id) ?? []));
      return { items, nextCursor };
    },

    create: async ({ publisherId, ...settings }) => {
      const refused = refusalOf(settings.url, isLocal);
      if (refused) return refused;
      const id = randomUUID();
      return await inTransaction(deps.db, async (trx) => {
        const isRoom = await insertDestination(
          trx,
          { ...settings, id, publisherId, at: now() },
          MAX_DESTINATIONS,
        );
        if (!isRoom) return tooMany();
        const created = await withNewSecret(trx, id, 0);
        if (created instanceof Rejection) return created;
        return { ...created, ...(await warningsOf(publisherId, settings.offerIds)) };
      });
    },

    update: async ({ destinationId, ...settings }) => {
      const refused = settings.url !== undefined && refusalOf(settings.url, isLocal);
      if (refused) return refused;
      const row = await updateDestination(db, destinationId, settings);
      if (!row) return notFound('destination');
      const warnings = await warningsOf(row.publisherId ?? undefined, settings.offerIds);
      return { ...(await viewOf(row)), ...warnings };
    },

    rotateSecret: async ({ destinationId, overlapHours }) =>
      await inTransaction(deps.db, async (trx) => {
        const row = await lockDestination(trx, destinationId);
        return row
          ? await withNewSecret(trx, destinationId, overlapHours)
          : notFound('destination');
      }),

    enable: async ({ destinationId }) => {
      const row = await inTransaction(deps.db, (trx) =>
        enableDestination(trx, destinationId, now()),
      );
      if (!row) return notFound('destination');
      wakeSender();
      return await viewOf(row);
    },

    disable: async ({ destinationId }) => {
      await disableDestination(db, destinationId, 'operator');
      const row = await findDestination(db, destinationId);
      return row ? await viewOf(row) : notFound('destination');
    },

    remove: async ({ destinationId, dryRun }) => {
      if (!(await findDestination(db, destinationId))) return notFound('destination');
      if (await isAskedByRules(db, destinationId)) return inUse();
      if (dryRun) {
        return { undelivered: await countUndelivered(db, destinationId), isRemoved: false };
      }
      // No new attempts begin, and batches keep each statement short. The last one is in the transaction of the removal.
      await disableDestination(db, destinationId, 'operator');
      let undelivered = 0;
      for (let count = REMOVE_BATCH; count === REMOVE_BATCH; undelivered += count) {
        count = await removeUndelivered(db, destinationId, REMOVE_BATCH);
      }
      return await inTransaction(deps.db, async (trx) => {
        if (!(await lockDestination(trx, destinationId))) return notFound('destination');
        if (await isAskedByRules(trx, destinationId)) return inUse();
        undelivered += await removeUndelivered(trx, destinationId, REMOVE_BATCH);
        await removeDestination(trx, destinationId);
        return { undelivered, isRemoved: true };
      });
    },

    ping: async ({ destinationId }) => {
      const at = now();
      const eventId = randomUUID();
      const event: ProductEvent = {
        id: eventId,
        type: 'ping',
        version: PRODUCT_EVENT_VERSION,
        occurredAt: at.toISOString(),
      };
      const ping = { id: randomUUID(), eventId, body: JSON.stringify(event), at };
      const row = await inTransaction(deps.db, async (trx) => {
        const destination = await findDestination(trx, destinationId);
        return destination && (await insertPing(trx, { ...ping, destination }));
      });
      if (!row) return notFound('destination');
      wakeSender();
      return deliveryViewOf(row);
    },
  };

  async function warningsOf(publisherId: string | undefined, offerIds: readonly string[] = []) {
    const offers = offerIds.map((offerId) => ({ offerId, planIds: [] }));
    const warnings = await unknownOffers(db, { publisherId, offers });
    return warnings.length > 0 ? { warnings } : {};
  }

  async function withNewSecret(trx: Trx, destinationId: string, overlapHours: number) {
    const secret = newSecret();
    const at = now();
    const oldExpireAt = new Date(at.getTime() + overlapHours * HOUR_MS);
    await addSecret(trx, { destinationId, secret, at, oldExpireAt }, MAX_SECRETS);
    const row = await findDestination(trx, destinationId);
    return row ? { destination: await viewOf(row, trx), secret } : notFound('destination');
  }
}

function destinationViewOf(row: DestinationRow, secrets: readonly SecretSpan[]): DestinationView {
  return {
    id: row.id,
    publisherId: row.publisherId ?? undefined,
    label: row.label,
    url: row.url,
    types: row.types as ProductEventType[],
    offerIds: row.offerIds,
    isOrdered: row.isOrdered,
    state: row.state,
    disabledBecause: row.disabledBecause ?? undefined,
    failingSince: row.failingSince?.toISOString(),
    secrets: secrets.map(({ createdAt, expiresAt }) => ({
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt?.toISOString(),
    })),
    createdAt: row.createdAt.toISOString(),
  };
}

const refusals: Readonly<Record<NonNullable<ReturnType<typeof refuseUrl>>, string>> = {
  scheme:
    'Events are sent only over https. With a local marketplace, http to this machine (localhost) works too.',
  credentials: 'A URL must not carry a user name or password; events are signed instead.',
  address: 'Events are sent only to public addresses, and this one is not public.',
};

function refusalOf(
  url: string,
  isLocal: boolean,
): Rejection<'destination.url-refused'> | undefined {
  const refusal = refuseUrl(url, isLocal) ?? (isPlainElsewhere(url) ? 'scheme' : undefined);
  return refusal && new Rejection('destination.url-refused', refusals[refusal]);
}

/** No attempt would ever be made: plain http is sent only to this machine. */
function isPlainElsewhere(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopbackHost(hostname);
}

function inUse(): Rejection<'destination.in-use'> {
  const message =
    'The rules ask this destination to decide on changes. Name another one with policies.put first.';
  return new Rejection('destination.in-use', message);
}

function tooMany(): Rejection<'destination.too-many'> {
  const message = `There are ${MAX_DESTINATIONS} destinations already. Reuse one of them.`;
  return new Rejection('destination.too-many', message);
}
