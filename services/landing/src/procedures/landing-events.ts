import { z } from 'zod';
import type { LandingProcedures } from '@landfall/contracts/landing-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { cutPage, decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { eventsPageOf } from '../store/events-page.ts';

const eventId = z.stringFormat('event', /^[1-9]\d{0,17}$/);

/** What happened on the pages of one subscription. The rows name no visitors. */
export function landingEventProcedures({
  db,
}: {
  readonly db: Db;
}): Handlers<LandingProcedures>['landingEvents'] {
  return {
    async list({ subscriptionId, until, eventId: id, cursor, limit }) {
      const before = decodeCursor(cursor, eventId);
      if (before instanceof Rejection) return before;
      const found = await eventsPageOf(db, {
        subscriptionId: subscriptionId.toLowerCase(),
        until: until === undefined ? undefined : new Date(until),
        id,
        before,
        limit: limit + 1,
      });
      const { rows, nextCursor } = cutPage(found, limit, encodeCursor);
      const items = rows.map((row) => Object.assign({ ...row }, { at: row.at.toISOString() }));
      return { items, nextCursor };
    },
  };
}
