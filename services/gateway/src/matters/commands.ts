import { randomUUID } from 'node:crypto';
import { callerId, type Caller } from '@landfall/contracts/caller';
import type { matterProcedures } from '@landfall/contracts/matter-procedures';
import type { MatterClosed, MatterOpened } from '@landfall/contracts/matters';
import { notFound } from '@landfall/contracts/ownership';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection, type RejectionCode } from '@landfall/contracts/rejections';
import { matterClosedFactOf, matterOpenedFactOf } from '@landfall/contracts/subjects';
import { inTransaction } from '@landfall/service-kit/database';
import { enqueue } from '@landfall/service-kit/outbox';
import type { Db } from '../db/schema.ts';
import { findPerson } from '../store/operators.ts';
import {
  insertEvents,
  lockMatter,
  updateMatter,
  type MatterEventRow,
  type MatterRow,
  type NewMatter,
  type Trx,
} from '../store/matters.ts';
import { noPerson } from './queries.ts';
import { viewOf } from './view.ts';

type MatterHandlers = Handlers<typeof matterProcedures>['matters'];

interface Deps {
  readonly db: Db;
  readonly publicUrl: string;
  readonly now: () => Date;
  readonly wakeRelay: () => void;
}

/** What people do with a matter. The service that found it does not learn of it. */
export function matterCommands(
  deps: Deps,
): Pick<MatterHandlers, 'assign' | 'snooze' | 'close' | 'reopen'> {
  const { db, now } = deps;
  return {
    assign: ({ matterId, to }, { caller }) =>
      act(deps, { matterId, caller }, async (_trx, matter) => {
        if (matter.closedAt !== null) return isClosed();
        const person = to === null ? undefined : await personFor(db, { to, caller, matter });
        if (person instanceof Rejection) return person;
        return {
          change: {
            assignedTenant: person?.tenantId ?? null,
            assignedObject: person?.objectId ?? null,
          },
          event: person ? 'assigned' : 'unassigned',
          details: person && { tenantId: person.tenantId, objectId: person.objectId },
        };
      }),

    snooze: ({ matterId, until, reason }, { caller }) =>
      act(deps, { matterId, caller }, async (_trx, matter) => {
        if (matter.closedAt !== null) return isClosed();
        return {
          change: { snoozedUntil: until === null ? null : new Date(until) },
          event: until === null ? 'shown-again' : 'snoozed',
          reason,
          details: until === null ? undefined : { until },
        };
      }),

    close: ({ matterId, reason }, { caller, correlationId }) =>
      act(deps, { matterId, caller }, async (trx, matter) => {
        if (matter.closedAt !== null) return isClosed();
        const closedAt = now();
        const { id, kind, owner } = matter;
        await enqueue(
          trx,
          matterClosedFactOf('gateway'),
          {
            id,
            kind,
            owner,
            publisherId: matter.publisherId ?? undefined,
            subscriptionId: matter.subscriptionId ?? undefined,
            closedAt: closedAt.toISOString(),
            by: 'person',
          } satisfies MatterClosed,
          { messageId: randomUUID(), correlationId, occurredAt: closedAt },
        );
        return {
          change: { closedAt, closedBy: 'person', closedReason: reason, snoozedUntil: null },
          event: 'closed',
          reason,
        };
      }),

    reopen: ({ matterId, reason }, { caller, correlationId }) =>
      act(deps, { matterId, caller }, async (trx, matter) => {
        if (matter.closedAt === null) {
          return new Rejection('matter.open', 'This matter is open already.');
        }
        if (matter.endedAt !== null) {
          return new Rejection(
            'matter.ended',
            'The cause of this matter is gone, so it cannot be opened again. If the cause returns, a new matter opens.',
          );
        }
        const at = now();
        await enqueue(trx, matterOpenedFactOf('gateway'), factOf(matter, at), {
          messageId: randomUUID(),
          correlationId,
          occurredAt: at,
        });
        return {
          change: { closedAt: null, closedBy: null, closedReason: null },
          event: 'reopened',
          reason,
        };
      }),
  };
}

interface Done {
  readonly change: Partial<NewMatter>;
  readonly event: string;
  readonly reason?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Changes a matter and writes its history, in one transaction. */
async function act<Code extends RejectionCode>(
  deps: Deps,
  wanted: { readonly matterId: string; readonly caller: Caller },
  decide: (trx: Trx, matter: MatterRow) => Promise<Done | Rejection<Code>>,
) {
  const { db, now, wakeRelay } = deps;
  const { matterId, caller } = wanted;
  const row = await inTransaction(db, async (trx) => {
    const matter = await lockMatter(trx, matterId);
    if (!matter || matter.version === 0) return notFound('matter');
    const done = await decide(trx, matter);
    if (done instanceof Rejection) return done;
    const { change, event, reason = null, details = null } = done;
    const entry: Omit<MatterEventRow, 'id'> = {
      matterId,
      at: now(),
      event,
      by: callerId(caller),
      reason,
      details,
    };
    await insertEvents(trx, [entry]);
    return await updateMatter(trx, matterId, change);
  });
  if (row instanceof Rejection) return row;
  wakeRelay();
  return await viewOf(deps, row);
}

/** The person to whom a matter is given, who must be able to see it. */
async function personFor(
  db: Db,
  wanted: { readonly to: string; readonly caller: Caller; readonly matter: MatterRow },
) {
  const { to, caller, matter } = wanted;
  if (to === 'me') return caller.kind === 'operator' ? caller : noPerson();
  const { publisherId } = matter;
  const person = await findPerson(db, { objectId: to.toLowerCase(), publisherId });
  return (
    person ??
    new Rejection(
      'matter.no-access',
      'No person with this object ID has a role for the publisher of this matter. See operators.list.',
    )
  );
}

function isClosed(): Rejection<'matter.closed'> {
  return new Rejection('matter.closed', 'This matter is closed. matters.reopen opens it again.');
}

/** For those who were told that it is closed. The version is unchanged, because its owner counts the versions. */
function factOf(matter: MatterRow, reopenedAt: Date): MatterOpened {
  return {
    id: matter.id,
    owner: matter.owner,
    kind: matter.kind,
    version: matter.version,
    key: matter.id,
    subject: { type: matter.subjectType, id: matter.subjectId },
    publisherId: matter.publisherId ?? undefined,
    offerId: matter.offerId ?? undefined,
    subscriptionId: matter.subscriptionId ?? undefined,
    severity: matter.severity,
    params: { ...matter.params },
    since: matter.since.toISOString(),
    openedAt: matter.openedAt.toISOString(),
    dueAt: matter.dueAt?.toISOString(),
    reopenedAt: reopenedAt.toISOString(),
  };
}
