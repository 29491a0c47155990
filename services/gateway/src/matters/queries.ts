import { z } from 'zod';
import type { Caller } from '@landfall/contracts/caller';
import type { matterProcedures } from '@landfall/contracts/matter-procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import {
  countOpen,
  eventsOf,
  findMatter,
  listClosed,
  listOpen,
  type MatterFilter,
  type MatterRow,
} from '../store/matters.ts';
import { viewOf, viewsOf } from './view.ts';

type MatterHandlers = Handlers<typeof matterProcedures>['matters'];
type ListInput = Parameters<MatterHandlers['list']>[0];

/** How a due time that does not exist stands in a cursor; PostgreSQL reads it, too. */
const NEVER = 'infinity';

const openKey = z.tuple([
  z.string().regex(/^[012]$/),
  z.union([z.iso.datetime(), z.literal(NEVER)]),
  z.iso.datetime(),
  z.uuid(),
]);
const closedKey = z.tuple([z.iso.datetime(), z.uuid()]);

export function matterQueries(deps: {
  readonly db: Db;
  readonly publicUrl: string;
  readonly now: () => Date;
}): Pick<MatterHandlers, 'list' | 'counts' | 'get'> {
  const { db, now } = deps;
  return {
    async list(input, { caller }) {
      const filter = filterOf(input, caller, now());
      if (filter instanceof Rejection) return filter;
      const page = await (input.state === 'open' ? openPage : closedPage)(db, filter, input);
      if (page instanceof Rejection) return page;
      const items = await viewsOf(deps, page.rows, input.language);
      return { items, nextCursor: page.nextCursor };
    },

    async counts({ publisherId }) {
      const rows = await countOpen(db, { publisherId, now: now() });
      const sum = (part: 'count' | 'overdue' | 'snoozed', severity?: string) =>
        rows.reduce(
          (total, row) =>
            total + (severity === undefined || row.severity === severity ? row[part] : 0),
          0,
        );
      const kinds = Map.groupBy(rows, ({ kind }) => kind);
      const next = rows.flatMap(({ nextDueAt }) => nextDueAt?.toISOString() ?? []).toSorted();
      return {
        open: sum('count'),
        critical: sum('count', 'critical'),
        warning: sum('count', 'warning'),
        info: sum('count', 'info'),
        overdue: sum('overdue'),
        snoozed: sum('snoozed'),
        byKind: [...kinds]
          .map(([kind, of]) => ({ kind, count: of.reduce((total, row) => total + row.count, 0) }))
          .toSorted((a, b) => b.count - a.count || a.kind.localeCompare(b.kind)),
        nextDueAt: next[0],
      };
    },

    async get({ matterId, language }) {
      const row = await findMatter(db, matterId);
      if (!row) return notFound('matter');
      const events = await eventsOf(db, matterId);
      return {
        ...(await viewOf(deps, row, language)),
        history: events.map(({ at, event, by, reason, details }) => ({
          at: at.toISOString(),
          event,
          by: by ?? undefined,
          reason: reason ?? undefined,
          details: details ?? undefined,
        })),
      };
    },
  };
}

function filterOf(
  input: ListInput,
  caller: Caller,
  now: Date,
): MatterFilter | Rejection<'matter.no-person'> {
  const { assignedTo, dueBefore, withSnoozed, state } = input;
  const of = assignedTo === 'me' ? idOfCaller(caller) : assignedTo;
  if (of instanceof Rejection) return of;
  return {
    publisherId: input.publisherId,
    subscriptionId: input.subscriptionId,
    offerId: input.offerId,
    kinds: input.kinds,
    severities: input.severities,
    assignedTo: of === 'nobody' ? null : of?.toLowerCase(),
    dueBefore: dueBefore === undefined ? undefined : new Date(dueBefore),
    awakeAt: withSnoozed || state === 'closed' ? undefined : now,
  };
}

function idOfCaller(caller: Caller): string | Rejection<'matter.no-person'> {
  return caller.kind === 'operator' ? caller.objectId : noPerson();
}

export function noPerson(): Rejection<'matter.no-person'> {
  return new Rejection(
    'matter.no-person',
    '`me` is the person who is signed in, and a key is no person. Name an object ID instead.',
  );
}

interface Page {
  readonly rows: readonly MatterRow[];
  readonly nextCursor: string | undefined;
}

async function openPage(
  db: Db,
  filter: MatterFilter,
  { cursor, limit }: ListInput,
): Promise<Page | Rejection<'cursor.invalid'>> {
  const key = decodeKey(cursor, openKey);
  if (key instanceof Rejection) return key;
  const after = key && { rank: Number(key[0]), due: key[1], openedAt: key[2], id: key[3] };
  return cutPage(await listOpen(db, filter, { after, limit }), limit, (last) =>
    encodeKey([
      String(last.rank),
      last.dueAt?.toISOString() ?? NEVER,
      last.openedAt.toISOString(),
      last.id,
    ]),
  );
}

async function closedPage(
  db: Db,
  filter: MatterFilter,
  { cursor, limit }: ListInput,
): Promise<Page | Rejection<'cursor.invalid'>> {
  const key = decodeKey(cursor, closedKey);
  if (key instanceof Rejection) return key;
  const after = key && { closedAt: key[0], id: key[1] };
  return cutPage(await listClosed(db, filter, { after, limit }), limit, (last) =>
    encodeKey([(last.closedAt ?? last.openedAt).toISOString(), last.id]),
  );
}
