import { sql, type Insertable } from 'kysely';
import type { Db, EventsTable, Identity } from '../db/schema.ts';
import type { Visit } from './visits.ts';

export type EventKind =
  | 'visit.opened'
  | 'visitor.signedIn'
  | 'visitor.refused'
  | 'signIn.failed'
  | 'token.refused'
  | 'purchase.resolved'
  | 'purchase.confirmed'
  | 'confirmation.handedOver'
  | 'confirmation.refused'
  | 'confirmation.repeated'
  | 'progress.denied'
  | 'form.refused'
  | 'manage.denied'
  | 'change.requested'
  | 'change.refused'
  | 'access.founded'
  | 'access.asked'
  | 'access.given'
  | 'access.refused'
  | 'access.removed';

/** Events of requests that anyone can repeat as often as they like, because they change nothing. */
const repeatable: ReadonlySet<EventKind> = new Set([
  'visitor.signedIn',
  'visitor.refused',
  'signIn.failed',
  'token.refused',
  'confirmation.repeated',
  'progress.denied',
  'form.refused',
  'manage.denied',
  'change.refused',
]);

/** A real person causes a handful. More rows would not add any information. */
const MAX_ROWS_PER_PERSON_AND_HOUR = 50;
/** For all anonymous visitors together: failed sign-ins, forms without a session. */
const MAX_ANONYMOUS_ROWS_PER_HOUR = 1000;

export interface LandingEvent extends Pick<EventsTable, 'correlationId'> {
  readonly kind: EventKind;
  readonly visit?: Pick<Visit, 'id' | 'subscriptionId'> | undefined;
  /** For an event outside a visit. */
  readonly subscriptionId?: string | undefined;
  readonly visitor?: Identity | undefined;
  readonly about?: Identity | undefined;
  readonly detail?: string | undefined;
  readonly publisherId?: string | undefined;
}

/**
 * Records what happened on the pages. It stores no personal data except tenant and object id; `detail` is a
 * code. Events that anyone can repeat get a limited number of rows per person and hour. Further ones are
 * counted in one row per kind, so that no one can fill the table.
 */
export async function recordEvent(db: Db, event: LandingEvent): Promise<void> {
  const isCounted = repeatable.has(event.kind) && (await hasUsedItsRows(db, event));
  await db
    .insertInto('events')
    .values(isCounted ? countedRow(event) : plainRow(event))
    .onConflict((conflict) =>
      conflict
        .column('foldKey')
        .where('foldKey', 'is not', null)
        .doUpdateSet((eb) => ({ times: eb('events.times', '+', 1) })),
    )
    .execute();
}

function plainRow(event: LandingEvent): Insertable<EventsTable> {
  return {
    kind: event.kind,
    visitId: event.visit?.id ?? null,
    subscriptionId: event.visit?.subscriptionId ?? event.subscriptionId ?? null,
    tenantId: event.visitor?.tenantId ?? null,
    objectId: event.visitor?.objectId ?? null,
    correlationId: event.correlationId,
    detail: event.detail ?? null,
    aboutObjectId: event.about?.objectId ?? null,
    foldKey: null,
    publisherId: event.publisherId ?? null,
  };
}

function countedRow({ kind, visitor, correlationId }: LandingEvent) {
  const who = visitor ? `${visitor.tenantId}|${visitor.objectId}` : '';
  return {
    kind,
    visitId: null,
    subscriptionId: null,
    tenantId: visitor?.tenantId ?? null,
    objectId: visitor?.objectId ?? null,
    correlationId,
    detail: null,
    foldKey: sql<string>`${`${kind}|${who}|`} || date_trunc('hour', now())::text`,
  };
}

async function hasUsedItsRows(db: Db, { visitor }: LandingEvent): Promise<boolean> {
  const limit = visitor ? MAX_ROWS_PER_PERSON_AND_HOUR : MAX_ANONYMOUS_ROWS_PER_HOUR;
  const rows = await db
    .selectFrom('events')
    .select('id')
    .where('at', '>=', sql<Date>`date_trunc('hour', now())`)
    .$call((query) =>
      visitor
        ? query.where('tenantId', '=', visitor.tenantId).where('objectId', '=', visitor.objectId)
        : query.where('tenantId', 'is', null),
    )
    .limit(limit)
    .execute();
  return rows.length >= limit;
}
