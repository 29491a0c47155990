import { z } from 'zod';
import type { deliveryView } from '@landfall/contracts/delivery-procedures';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { callerId } from '@landfall/contracts/caller';
import { MAX_NAMED } from '@landfall/contracts/repair-procedures';
import { notFound } from '@landfall/contracts/ownership';
import { SUMMARY_DAYS } from '@landfall/contracts/pages';
import { Rejection } from '@landfall/contracts/rejections';
import type { Logger } from '@landfall/service-kit/log';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import {
  countReplayable,
  findDelivery,
  historyOf,
  listDeliveries,
  nameReplayable,
  replay,
  requestResend,
  type DeliveryRow,
} from '../store/deliveries.ts';
import { messageOf, plainText } from '../notices/message.ts';
import { findDestination } from '../store/destinations.ts';
import { countDeliveryDays, waitingDeliveries } from '../store/readings.ts';

/** The most that one statement replays; `matched` shows whether another call is needed. */
const MAX_REPLAY = 10_000;

type Deliveries = Handlers<FulfillmentProcedures>['deliveries'];
type DeliveryView = z.output<typeof deliveryView>;

export interface DeliveryDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly log: Logger;
  readonly wakeSender: () => void;
}

/** Lists deliveries and sends them again. The attempts keep who requested that. */
export function deliveryProcedures(deps: DeliveryDeps): Deliveries {
  const { now, log, wakeSender } = deps;
  const db = deps.db.kysely;
  return {
    list: async ({ cursor, limit, publisherId, subscriptionId, until, ...filters }) => {
      const before = decodeCursor(cursor, z.uuid());
      if (before instanceof Rejection) return before;
      const wanted = {
        ...filters,
        publisherId,
        subscriptionId: subscriptionId?.toLowerCase(),
        until: until === undefined ? undefined : new Date(until),
        before,
        limit: limit + 1,
      };
      const { rows, nextCursor } = cutPage(await listDeliveries(db, wanted), limit, (row) =>
        encodeCursor({ at: row.createdAt, id: row.id }),
      );
      return { items: rows.map((row) => deliveryViewOf(row)), nextCursor };
    },

    summary: async ({ publisherId }) => {
      const [days, found] = await Promise.all([
        countDeliveryDays(db, { days: SUMMARY_DAYS, until: now(), publisherId }),
        waitingDeliveries(db, publisherId),
      ]);
      return {
        days: [...days],
        waiting: found?.waiting ?? 0,
        waitingSince: found?.oldest?.toISOString(),
      };
    },

    get: async ({ deliveryId }) => {
      const row = await findDelivery(db, deliveryId);
      if (!row) return notFound('delivery');
      const history = await historyOf(db, deliveryId);
      const message = messageOf(row.body);
      return {
        ...deliveryViewOf(row),
        event: JSON.parse(row.body) as unknown,
        ...(message && {
          message: {
            subject: message.subject,
            text: plainText(message),
            language: message.language,
          },
        }),
        history: history.map((attempt) => ({
          at: attempt.at.toISOString(),
          cause: attempt.cause,
          requestedBy: attempt.requestedBy ?? undefined,
          status: attempt.status ?? undefined,
          failure: attempt.failure ?? undefined,
          answerCode: attempt.answerCode ?? undefined,
          durationMs: attempt.durationMs ?? 0,
        })),
      };
    },

    resend: async ({ deliveryId, requestedBy }, { caller }) => {
      const request = { deliveryId, requestedBy: requestedBy ?? callerId(caller), at: now() };
      const row = await inTransaction(deps.db, async (trx) => {
        const asked = await requestResend(trx, request);
        // An attempt at a removed destination would never be made.
        return asked && ((await findDestination(trx, asked.destinationId)) ? asked : undefined);
      });
      if (!row) return notFound('delivery');
      wakeSender();
      return deliveryViewOf(row);
    },

    replay: async (request, { caller }) => {
      const { dryRun, since, until, destinationId, requestedBy = callerId(caller) } = request;
      if (!(await findDestination(db, destinationId))) {
        return notFound('destination');
      }
      const wanted = {
        destinationId,
        since: since === undefined ? undefined : new Date(since),
        until: until === undefined ? undefined : new Date(until),
      };
      const matched = await countReplayable(db, wanted);
      if (dryRun) {
        return { matched, replayed: 0, items: await nameReplayable(db, wanted, MAX_NAMED) };
      }
      const replayed = await replay(db, { ...wanted, requestedBy, at: now() }, MAX_REPLAY);
      log.info(
        { destinationId, matched, replayed },
        'started sending dead and waiting deliveries again',
      );
      wakeSender();
      return { matched, replayed };
    },
  };
}

export function deliveryViewOf(row: DeliveryRow): DeliveryView {
  const nextAttemptAt = row.manualAt ?? row.nextAttemptAt;
  return {
    id: row.id,
    destinationId: row.destinationId,
    channel: row.channel,
    recipient: row.recipient ?? undefined,
    eventId: row.eventId,
    type: row.type,
    subscriptionId: row.subscriptionId ?? undefined,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: nextAttemptAt?.toISOString(),
    deliveredAt: row.deliveredAt?.toISOString(),
    createdAt: row.createdAt.toISOString(),
  };
}
