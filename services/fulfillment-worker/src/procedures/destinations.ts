import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { channels, type Channel } from '@landfall/contracts/channels';
import type { destinationView } from '@landfall/contracts/delivery-procedures';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import {
  PRODUCT_EVENT_VERSION,
  type ProductEvent,
  type ProductEventType,
} from '@landfall/contracts/product-events';
import { notFound } from '@landfall/contracts/ownership';
import { Rejection } from '@landfall/contracts/rejections';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import type { Db, Trx } from '../db/schema.ts';
import { testMessage } from '../notices/compose.ts';
import { messageBody, recipientsOf } from '../notices/due-notices.ts';
import { deliveryViewOf } from './deliveries.ts';
import {
  countUndelivered,
  insertPing,
  removeForRecipients,
  removeUndelivered,
} from '../store/deliveries.ts';
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
  type DestinationSettings,
  type SecretSpan,
} from '../store/destinations.ts';
import { lookAtNoticesAgain } from '../store/notices.ts';
import { addSecret, secretSpans } from '../store/destination-secrets.ts';
import { newSecret } from '../deliveries/sign.ts';
import { TestLimit } from './test-limit.ts';
import {
  refuseSettings,
  shownUrl,
  urlWarnings,
  withoutMailServer,
  type SettingsDeps,
} from './destination-settings.ts';

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

export interface DestinationDeps extends SettingsDeps {
  readonly db: Db;
  readonly now: () => Date;
  /** The address of the console, for links in messages. */
  readonly publicUrl: string | undefined;
  /** Call it when there may be something to send. */
  readonly wakeSender: () => void;
}

/** Destinations of events and notices, managed by operators. A secret is only in the answer that creates it. */
export function destinationProcedures(deps: DestinationDeps): Destinations {
  const { now, wakeSender } = deps;
  const db = deps.db.kysely;
  const tests = new TestLimit();
  const viewOf = async (row: DestinationRow, trx: Db['kysely'] | Trx = db) => {
    const spans = await secretSpans(trx, [row.id], now());
    return destinationViewOf(row, spans.get(row.id) ?? []);
  };
  return {
    list: async ({ publisherId, channel, cursor, limit }) => {
      const before = decodeCursor(cursor, z.uuid());
      if (before instanceof Rejection) return before;
      const { rows, nextCursor } = cutPage(
        await listDestinations(db, { publisherId, channel, before, limit: limit + 1 }),
        limit,
        (row) => encodeCursor({ at: row.createdAt, id: row.id }),
      );
      const ids = rows.map(({ id }) => id);
      const spans = await secretSpans(db, ids, now());
      const items = rows.map((row) => destinationViewOf(row, spans.get(row.id) ?? []));
      return { items, nextCursor };
    },

    channels: async () => ({
      items: channels.map((channel) => {
        if (channel !== 'mail' && channel !== 'customer-mail') return { channel, isReady: true };
        const { mailFrom } = deps;
        return mailFrom === undefined
          ? { channel, isReady: false, nextStep: withoutMailServer().message }
          : { channel, isReady: true, from: mailFrom };
      }),
    }),

    create: async ({ publisherId, channel, matterKinds: chosen, ...given }) => {
      const wanted = chosen ?? (channel === 'product' ? [] : 'all');
      const matterKinds = wanted === 'all' ? null : wanted;
      const settings = { ...given, matterKinds, url: given.url ?? null };
      const refused = refuseSettings(channel, settings, deps);
      if (refused) return refused;
      const id = randomUUID();
      return await inTransaction(deps.db, async (trx) => {
        const isRoom = await insertDestination(
          trx,
          { ...settings, id, channel, publisherId, at: now() },
          MAX_DESTINATIONS,
        );
        if (!isRoom) return tooMany();
        const created = await createdView(trx, { id, channel });
        if (created instanceof Rejection) return created;
        const row = { channel, url: settings.url, publisherId };
        return { ...created, ...(await warningsOf(row, given.offerIds)) };
      });
    },

    update: async ({ destinationId, ...given }) => {
      const changes = settingsOf(given);
      const updated = await inTransaction(deps.db, async (trx) => {
        const before = await lockDestination(trx, destinationId);
        if (!before) return notFound('destination');
        if (before.channel === 'customer-mail') return ofCustomerMails();
        const refused = refuseSettings(before.channel, { ...before, ...changes }, deps);
        if (refused) return refused;
        const row = await updateDestination(trx, destinationId, changes);
        if (!row) return notFound('destination');
        if (changes.recipients) {
          await removeForRecipients(trx, destinationId, { except: changes.recipients });
        }
        await lookAtNoticesAgain(trx, destinationId);
        return row;
      });
      if (updated instanceof Rejection) return updated;
      return { ...(await viewOf(updated)), ...(await warningsOf(updated, given.offerIds)) };
    },

    rotateSecret: async ({ destinationId, overlapHours }) =>
      await inTransaction(deps.db, async (trx) => {
        const row = await lockDestination(trx, destinationId);
        if (!row) return notFound('destination');
        if (row.channel !== 'product') return withoutSecret();
        return await withNewSecret(trx, destinationId, overlapHours);
      }),

    enable: async ({ destinationId }) => {
      const row = await inTransaction(deps.db, async (trx) => {
        const before = await lockDestination(trx, destinationId);
        if (before && isSwitchedOff(before)) return ofCustomerMails();
        return await enableDestination(trx, destinationId, now());
      });
      if (row instanceof Rejection) return row;
      if (!row) return notFound('destination');
      wakeSender();
      return await viewOf(row);
    },

    disable: async ({ destinationId }) => {
      const before = await findDestination(db, destinationId);
      if (before?.channel === 'customer-mail') return ofCustomerMails();
      await disableDestination(db, destinationId, 'operator');
      const row = await findDestination(db, destinationId);
      return row ? await viewOf(row) : notFound('destination');
    },

    remove: async ({ destinationId, dryRun }) => {
      const found = await findDestination(db, destinationId);
      if (!found) return notFound('destination');
      if (found.channel === 'customer-mail') return ofCustomerMails();
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
      const rows = await inTransaction(deps.db, async (trx) => {
        const destination = await findDestination(trx, destinationId);
        if (!destination) return notFound('destination');
        const { channel } = destination;
        if (channel === 'customer-mail') return ofCustomerMails();
        if (channel === 'mail' && deps.mailFrom === undefined) return withoutMailServer();
        const overLimit = channel === 'mail' ? tests.take(destinationId) : undefined;
        if (overLimit) return overLimit;
        const made = [];
        for (const recipient of recipientsOf(destination)) {
          const eventId = randomUUID();
          const body = pingBody(destination, { id: eventId, at }, deps.publicUrl);
          const ping = { id: randomUUID(), eventId, body, destination, recipient, at };
          made.push(await insertPing(trx, ping));
        }
        return made;
      });
      if (rows instanceof Rejection) return rows;
      wakeSender();
      return rows[0] ? deliveryViewOf(rows[0]) : notFound('destination');
    },
  };

  async function warningsOf(
    of: {
      readonly channel: Channel;
      readonly url: string | null;
      readonly publisherId?: string | null | undefined;
    },
    offerIds: readonly string[] = [],
  ) {
    const offers = offerIds.map((offerId) => ({ offerId, planIds: [] }));
    const unknown = await unknownOffers(db, { publisherId: of.publisherId ?? undefined, offers });
    const warnings = [...urlWarnings(of.channel, of.url), ...unknown];
    return warnings.length > 0 ? { warnings } : {};
  }

  async function createdView(
    trx: Trx,
    { id, channel }: { readonly id: string; readonly channel: Channel },
  ) {
    if (channel === 'product') return await withNewSecret(trx, id, 0);
    const row = await findDestination(trx, id);
    return row ? { destination: await viewOf(row, trx), secret: '' } : notFound('destination');
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
    channel: row.channel,
    url: shownUrl(row),
    recipients: row.recipients,
    matterKinds: row.matterKinds ?? 'all',
    severities: row.severities,
    language: row.language,
    digest: row.digest,
    digestHour: row.digestHour,
    timeZone: row.timeZone,
    quietHours: row.quietHours,
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

type Given = Omit<Parameters<Destinations['update']>[0], 'destinationId'>;

/** The columns of the given settings. What is not given is left out. */
function settingsOf({ matterKinds, ...same }: Given): Partial<DestinationSettings> {
  const columns = {
    ...same,
    matterKinds: matterKinds === 'all' ? null : matterKinds,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

function pingBody(
  destination: DestinationRow,
  { id, at }: { readonly id: string; readonly at: Date },
  publicUrl: string | undefined,
): string {
  if (destination.channel !== 'product') {
    return messageBody(testMessage(destination, publicUrl), { id, type: 'ping', at });
  }
  const event: ProductEvent = {
    id,
    type: 'ping',
    version: PRODUCT_EVENT_VERSION,
    occurredAt: at.toISOString(),
  };
  return JSON.stringify(event);
}

function withoutSecret(): Rejection<'destination.without-secret'> {
  const message =
    'This destination has no signing secret. To replace a secret URL, call destinations.update with the new one.';
  return new Rejection('destination.without-secret', message);
}

/** Mails to customers that the publisher itself has switched off. If they fail for days, Landfall disables them. */
function isSwitchedOff({ channel, disabledBecause }: DestinationRow): boolean {
  return channel === 'customer-mail' && disabledBecause === 'operator';
}

function ofCustomerMails(): Rejection<'destination.settings-refused'> {
  const message =
    'This destination carries the mails to customers. Change or switch them with customerMails.put, and try them with customerMails.test.';
  return new Rejection('destination.settings-refused', message);
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
