import {
  calendarKinds,
  calendarPosition,
  compareCalendar,
  type CalendarEntry,
} from '@landfall/contracts/calendar-procedures';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Call, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { isFault } from '@landfall/domain/fault';
import { countCalendar, listCalendar, type CalendarRow } from '../store/calendar.ts';
import { isNamed } from '../publishers.ts';
import type { ProcedureDeps } from './deps.ts';

type Calendar = Handlers<FulfillmentProcedures>['calendar'];
type Period = Parameters<Calendar['days']>[0];

/** The dates of subscriptions and of the publishers' credentials. The gateway adds the ends of keys. */
export function calendarProcedures(deps: Pick<ProcedureDeps, 'db' | 'publishers'>): Calendar {
  const db = deps.db.kysely;
  return {
    list: async ({ cursor, limit, ...period }, call) => {
      const given = decodeKey(cursor, calendarPosition);
      if (given instanceof Rejection) return given;
      const after = given && { at: given[0], kind: given[1], id: given[2] };
      const [stored, credentials] = await Promise.all([
        listCalendar(db, wantedOf(period), { after, limit: limit + 1 }),
        credentialEnds(deps, period, call),
      ]);
      const later = credentials.filter((entry) => !after || compareCalendar(entry, after) > 0);
      const all = [...stored.map(entryOf), ...later].toSorted(compareCalendar);
      const { rows, nextCursor } = cutPage(all, limit, ({ at, kind, id }) =>
        encodeKey([at, kind, id]),
      );
      return { items: [...rows], nextCursor };
    },

    days: async (period, call) => {
      const [stored, credentials] = await Promise.all([
        countCalendar(db, wantedOf(period)),
        credentialEnds(deps, period, call),
      ]);
      const counted = credentials.map(({ at, kind }) => ({ day: at.slice(0, 10), kind, count: 1 }));
      const days = Map.groupBy([...stored, ...counted], ({ day }) => day);
      return {
        days: [...days.entries()]
          .toSorted(([left], [right]) => (left < right ? -1 : 1))
          .map(([day, of]) => ({ day, counts: sumByKind(of) })),
      };
    },
  };
}

function sumByKind(
  of: readonly { readonly kind: CalendarEntry['kind']; readonly count: number }[],
) {
  const counts: Partial<Record<CalendarEntry['kind'], number>> = {};
  for (const { kind, count } of of) counts[kind] = (counts[kind] ?? 0) + count;
  return counts;
}

function wantedOf({ from, to, kinds = [...calendarKinds], publisherId, offerId }: Period) {
  return { from: new Date(from), to: new Date(to), kinds, publisherId, offerId };
}

function entryOf(row: CalendarRow): CalendarEntry {
  return {
    id: row.id,
    at: row.at.toISOString(),
    kind: row.kind,
    publisherId: row.publisherId,
    subscriptionId: row.id,
    name: row.name,
    offerId: row.offerId,
    planId: row.planId,
    quantity: row.quantity ?? undefined,
    isTest: row.isTest,
  };
}

/** Only for callers who may read credentials. They concern a publisher, so none is shown for one offer. */
async function credentialEnds(
  { publishers }: Pick<ProcedureDeps, 'publishers'>,
  { from, to, kinds = [...calendarKinds], publisherId, offerId }: Period,
  { caller }: Call,
): Promise<CalendarEntry[]> {
  const isAllowed = caller.kind !== 'service' && caller.scopes.includes('credentials:read');
  if (!isAllowed || offerId !== undefined || !kinds.includes('credentialEnds')) return [];
  const wanted = publishers.all.filter(
    (publisher) =>
      publisherId === undefined ||
      (publisher.publisherId === publisherId && isNamed(publishers, publisherId)),
  );
  const ends = await Promise.all(
    wanted.map(async (publisher) => {
      const expiresAt = await publisher.credential.expiresAt().catch(ifUnreadable);
      if (!expiresAt || expiresAt < new Date(from) || expiresAt >= new Date(to)) return [];
      const at = expiresAt.toISOString();
      const { clientId: id, publisherId: of } = publisher;
      const entry = { id, at, kind: 'credentialEnds' as const, publisherId: of };
      return [{ ...entry, name: publisher.credential.kind }];
    }),
  );
  return ends.flat();
}

function ifUnreadable(error: unknown): undefined {
  if (!isFault(error)) throw error;
  return undefined;
}
