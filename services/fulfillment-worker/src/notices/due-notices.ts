import { randomUUID } from 'node:crypto';
import { inTransaction } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import {
  destinationsWithDueNotices,
  dueNotices,
  insertMessage,
  lockEnabledDestination,
  markSent,
  postponeNotice,
  type NoticeRow,
} from '../store/notices.ts';
import type { DestinationRow } from '../store/destinations.ts';
import { composeMessage } from './compose.ts';
import { NOTICE_TYPE, type Message } from './message.ts';
import { timeToSend } from './times.ts';

/** Less than the time in which notices are gathered. A sweep that finds nothing reads one index. */
const SWEEP_MS = 1000;
/** Destinations of one sweep. The others are next. */
const AT_ONCE = 50;
/** Notices of one message, most of which are only counted. Every kind of matter at its limit is not much more. */
const MAX_NOTICES = 5_000;

export interface DueNoticesDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  readonly publicUrl: string | undefined;
  readonly wakeSender: () => void;
}

/**
 * Makes messages of the notices whose time has come, one for all of a destination. A notice and its message are one
 * transaction: none is sent twice, and none is lost.
 */
export function startDueNotices(deps: DueNoticesDeps): AsyncDisposable {
  const { db, log, now } = deps;
  return startLoop({
    name: 'notices',
    everyMs: SWEEP_MS,
    now,
    log,
    async run(signal) {
      for (const id of await destinationsWithDueNotices(db.kysely, now(), AT_ONCE)) {
        if (signal.aborted) return;
        const sent = await sendDue(deps, id);
        if (sent === 0) continue;
        log.info({ destinationId: id, notices: sent }, 'made a message of notices');
        deps.wakeSender();
      }
    },
  });
}

/** Returns the number of notices in the new message. */
async function sendDue(
  { db, now, publicUrl }: DueNoticesDeps,
  destinationId: string,
): Promise<number> {
  return await inTransaction(db, async (trx) => {
    const destination = await lockEnabledDestination(trx, destinationId);
    if (!destination) return 0;
    const at = now();
    const ready: NoticeRow[] = [];
    for (const notice of await dueNotices(trx, destinationId, { at, limit: MAX_NOTICES })) {
      const dueAt = timeOf(notice, destination);
      if (dueAt.getTime() <= at.getTime()) ready.push(notice);
      else await postponeNotice(trx, notice.id, dueAt);
    }
    if (ready.length === 0) return 0;
    const message = composeMessage(ready, destination, publicUrl);
    const [subscriptionId = null, ...others] = new Set(ready.map((one) => one.subscriptionId));
    for (const recipient of recipientsOf(destination)) {
      const eventId = randomUUID();
      await insertMessage(trx, {
        destination,
        recipient,
        eventId,
        body: messageBody(message, { id: eventId, type: NOTICE_TYPE, at }),
        subscriptionId: others.length === 0 ? subscriptionId : null,
        at,
      });
    }
    const ids = ready.map(({ id }) => id);
    await markSent(trx, ids, at);
    return ids.length;
  });
}

/** A mail for each address, because each address accepts or refuses on its own. */
export function recipientsOf(destination: DestinationRow): readonly (string | undefined)[] {
  return destination.channel === 'mail' ? destination.recipients : [undefined];
}

/** The stored form of a message. */
export function messageBody(
  message: Message,
  { id, type, at }: { readonly id: string; readonly type: string; readonly at: Date },
): string {
  return JSON.stringify({ id, type, version: 1, occurredAt: at.toISOString(), message });
}

/** An end is never urgent. */
function timeOf({ notBefore, severity, closedAt }: NoticeRow, destination: DestinationRow): Date {
  return timeToSend(destination, {
    from: notBefore,
    severity: closedAt === null ? severity : 'info',
  });
}
