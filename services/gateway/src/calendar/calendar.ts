import {
  calendarKinds,
  calendarPosition,
  compareCalendar,
  type calendarProcedures,
  type CalendarEntry,
} from '@landfall/contracts/calendar-procedures';
import type { Call, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decodeKey, encodeKey } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { endingKeys } from '../store/ending-keys.ts';

type Calendar = Handlers<typeof calendarProcedures>['calendar'];
type Period = Parameters<Calendar['days']>[0];

/** The calendar of fulfillment-worker, with the ends of keys for callers who may read keys. */
export function calendarHandlers(parts: { readonly worker: Calendar; readonly db: Db }): Calendar {
  const { worker, db } = parts;
  return {
    list: async (input, call) => {
      const given = decodeKey(input.cursor, calendarPosition);
      if (given instanceof Rejection) return given;
      const [answer, keys] = await Promise.all([
        worker.list(input, call),
        keyEnds(db, input, call),
      ]);
      if (answer instanceof Rejection) return answer;
      const after = given && { at: given[0], kind: given[1], id: given[2] };
      const later = keys.filter((entry) => !after || compareCalendar(entry, after) > 0);
      // Both parts continue after the same position, whichever of them it came from.
      const all = [...answer.items, ...later].toSorted(compareCalendar);
      const items = all.slice(0, input.limit);
      const last = items.at(-1);
      const hasMore = all.length > input.limit || answer.nextCursor !== undefined;
      return {
        items,
        nextCursor: hasMore && last ? encodeKey([last.at, last.kind, last.id]) : undefined,
      };
    },

    days: async (input, call) => {
      const [answer, keys] = await Promise.all([
        worker.days(input, call),
        keyEnds(db, input, call),
      ]);
      if (answer instanceof Rejection || keys.length === 0) return answer;
      const days = new Map(answer.days.map(({ day, counts }) => [day, { ...counts }]));
      for (const { at } of keys) {
        const counts = days.get(at.slice(0, 10)) ?? {};
        counts.keyEnds = (counts.keyEnds ?? 0) + 1;
        days.set(at.slice(0, 10), counts);
      }
      const sorted = [...days.entries()].toSorted(([left], [right]) => (left < right ? -1 : 1));
      return { days: sorted.map(([day, counts]) => ({ day, counts })) };
    },
  };
}

/** Keys belong to no offer. */
async function keyEnds(
  db: Db,
  { from, to, kinds = [...calendarKinds], publisherId, offerId }: Period,
  { caller }: Call,
): Promise<readonly CalendarEntry[]> {
  const isAllowed = caller.kind !== 'service' && caller.scopes.includes('keys:read');
  if (!isAllowed || offerId !== undefined || !kinds.includes('keyEnds')) return [];
  const keys = await endingKeys(db, { from: new Date(from), to: new Date(to), publisherId });
  return keys.map(({ id, label, publisherId: of, expiresAt }) => ({
    id,
    at: expiresAt.toISOString(),
    kind: 'keyEnds' as const,
    name: label,
    publisherId: of ?? undefined,
  }));
}
