import { z } from 'zod';
import type { IngestProcedures, notificationView } from '@landfall/contracts/ingest-procedures';
import { notFound } from '@landfall/contracts/ownership';
import { callerId } from '@landfall/contracts/caller';
import type { Handlers } from '@landfall/contracts/procedures';
import { SUMMARY_DAYS } from '@landfall/contracts/pages';
import { Rejection } from '@landfall/contracts/rejections';
import { MAX_NAMED, MAX_REPLAY } from '@landfall/contracts/repair-procedures';
import type { Logger } from '@landfall/service-kit/log';
import { cutPage, decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import type { HistoryEntry, Verdict, Db } from '../db/schema.ts';
import { arrivalView } from '../delivery/arrival.ts';
import { withoutPersonalData } from '../delivery/personal-data.ts';
import { findArrival } from '../store/arrivals.ts';
import {
  type NotificationRow,
  findNotification,
  listNotifications,
  publisherOf,
} from '../store/notifications.ts';
import { countUnpublished } from '../store/publications.ts';
import { countDays, lastReceived, readBacklog } from '../store/readings.ts';
import { countReplayable, nameReplayable, replayNotifications } from '../store/replays.ts';
import type { CallerCounters } from '../webhook/caller-counters.ts';

/** What operators can ask about notifications, and replays. */
export function notificationHandlers(deps: {
  db: Db;
  counters: CallerCounters;
  log: Logger;
  now: () => Date;
}): Handlers<IngestProcedures> {
  const { db, counters, log, now } = deps;
  return {
    notifications: {
      async list({ cursor, limit, since, until, ...filter }) {
        const before = decodeCursor(cursor, z.uuid());
        if (before instanceof Rejection) return before;
        const wanted = {
          ...filter,
          publisherId: filter.publisherId,
          since: since === undefined ? undefined : new Date(since),
          until: until === undefined ? undefined : new Date(until),
          before,
          limit: limit + 1,
        };
        const { rows, nextCursor } = cutPage(await listNotifications(db, wanted), limit, (last) =>
          encodeCursor({ at: last.receivedAt, id: last.id }),
        );
        return { items: rows.map(viewOf), nextCursor };
      },
      async get({ notificationId }) {
        const row = await findNotification(db, notificationId);
        if (!row) return notFound('notification');
        const history = historyView(row.history, row.verdict);
        const arrival = await findArrival(db, row);
        return {
          ...viewOf(row),
          body: withoutPersonalData(row.body),
          ...(arrival ? arrivalView(arrival) : {}),
          decision: decisionOf(row),
          history,
        };
      },
      async summary({ publisherId }) {
        const [days, last, backlog] = await Promise.all([
          countDays(db, { days: SUMMARY_DAYS, until: now(), publisherId }),
          lastReceived(db, publisherId),
          readBacklog(db, publisherId),
        ]);
        return {
          days: [...days],
          lastReceivedAt: last?.toISOString(),
          waiting: backlog?.waiting ?? 0,
          waitingSince: backlog?.oldest?.toISOString(),
        };
      },
      async replay(request, { caller }) {
        const {
          requestedBy = callerId(caller),
          dryRun,
          since,
          until,
          publisherId,
          ...filter
        } = request;
        const wanted = {
          ...filter,
          publisherId,
          since: since === undefined ? undefined : new Date(since),
          until: until === undefined ? undefined : new Date(until),
        };
        const { notificationId } = wanted;
        if (notificationId !== undefined) {
          const owner = await publisherOf(db, notificationId);
          const isForeign = publisherId !== undefined && owner !== publisherId;
          if (owner === undefined || isForeign) return notFound('notification');
        }
        const matched = await countReplayable(db, wanted);
        if (dryRun) {
          return { matched, replayed: 0, items: await nameReplayable(db, wanted, MAX_NAMED) };
        }
        const replay = { requestedBy, at: now(), limit: MAX_REPLAY };
        const replayed = await replayNotifications(db, wanted, replay);
        log.info({ matched, replayed }, 'notifications were queued to be published again');
        return { matched, replayed };
      },
      async counters() {
        const { accepted, unauthenticated } = counters.snapshot();
        return { accepted, unauthenticated, unpublished: await countUnpublished(db) };
      },
    },
  };
}

function viewOf(row: NotificationRow): z.output<typeof notificationView> {
  return {
    id: row.id,
    publisherId: row.publisherId ?? undefined,
    operationId: row.operationId ?? undefined,
    subscriptionId: row.subscriptionId ?? undefined,
    action: row.action,
    receivedAt: row.receivedAt.toISOString(),
    deliveries: row.deliveries,
    lastDeliveredAt: row.lastDeliveredAt.toISOString(),
    verdict: row.verdict,
    reason: row.reason ?? undefined,
    problems: row.problems,
    publishedAt: row.publishedAt?.toISOString(),
    replays: row.replays,
  };
}

function decisionOf({ askedAt, answeredAt }: NotificationRow) {
  if (!askedAt) return undefined;
  return {
    askedAt: askedAt.toISOString(),
    answeredAt: answeredAt?.toISOString(),
    isInTime: answeredAt !== null,
  };
}

/** A delivery without its own answer came after the verdict and got the verdict's answer. */
export function historyView(history: readonly HistoryEntry[], verdict: Verdict) {
  return history.map((entry) =>
    'by' in entry
      ? { at: entry.at, kind: 'replay' as const, requestedBy: entry.by }
      : {
          at: entry.at,
          kind: 'delivery' as const,
          answer: entry.answer ?? answerTo(verdict),
          tokenVersion: entry.v,
        },
  );
}

function answerTo(verdict: Verdict): number | undefined {
  if (verdict === 'undecided') return undefined;
  return verdict === 'refused' ? 400 : 200;
}
