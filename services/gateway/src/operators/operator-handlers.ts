import type { z } from 'zod';
import { callerId, type Caller } from '@landfall/contracts/caller';
import type { operatorProcedures, operatorView } from '@landfall/contracts/operator-procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { roleDefinitions, type OperatorRole } from '@landfall/contracts/roles';
import { cutPage, decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import {
  findOperator,
  listOperators,
  putRole,
  removeRole,
  type OperatorRow,
} from '../store/operators.ts';
import { countSessions, endSessionsOf } from '../store/sessions.ts';
import { createInvitation } from './invitations.ts';
import { signedInPersonHandler, type SignedInPersonParts } from './signed-in-person.ts';
import type { OperatorSessions } from './sessions.ts';

export interface OperatorHandlerParts extends SignedInPersonParts {
  readonly sessions: Pick<OperatorSessions, 'forget' | 'idleSince'>;
}

/** People with roles. Nobody can give a role that includes more than they have. */
export function operatorHandlers(
  parts: OperatorHandlerParts,
): Handlers<typeof operatorProcedures>['operators'] {
  const { db, sessions, publicUrl, now } = parts;
  return {
    me: signedInPersonHandler(parts),
    async list({ publisherId, limit, cursor }) {
      const after = decodeCursor(cursor);
      if (after instanceof Rejection) return after;
      const found = await listOperators(db, { publisherId, after, limit });
      const { rows, nextCursor } = cutPage(found, limit, (last) =>
        encodeCursor({ at: last.createdAt, id: last.id }),
      );
      return { items: await viewsOf(parts, rows), nextCursor };
    },
    async put({ tenantId, objectId, role, publisherId }, { caller }) {
      const excess = beyond(caller, role);
      if (excess) return excess;
      const row = await putRole(db, {
        tenantId: tenantId.toLowerCase(),
        objectId: objectId.toLowerCase(),
        role,
        publisherId,
        createdBy: callerId(caller),
        at: now(),
      });
      if (row === 'last-admin') return lastAdmin();
      sessions.forget();
      return viewOf(parts, row);
    },
    async remove({ operatorId, dryRun }) {
      const found = await findOperator(db, operatorId);
      if (!found) return notFound('operator');
      const view = await viewOf(parts, found);
      const row = await removeRole(db, operatorId, { dryRun });
      if (!row) return notFound('operator');
      if (row === 'last-admin') return lastAdmin();
      sessions.forget();
      return view;
    },
    async endSessions({ operatorId }) {
      const row = await findOperator(db, operatorId);
      if (!row) return notFound('operator');
      const ended = await endSessionsOf(db, row);
      sessions.forget();
      return { ended };
    },
    async invite({ role, publisherId, expiresInHours }, { caller }) {
      const excess = beyond(caller, role);
      if (excess) return excess;
      const at = now();
      const createdBy = callerId(caller);
      return createInvitation(db, { role, publisherId, expiresInHours, createdBy, at, publicUrl });
    },
  };
}

function beyond(
  caller: Caller,
  role: OperatorRole,
): Rejection<'operator.role-exceeds'> | undefined {
  const held = caller.kind === 'service' ? [] : caller.scopes;
  const excess = roleDefinitions[role].scopes.filter((scope) => !held.includes(scope));
  if (excess.length === 0) return undefined;
  return new Rejection(
    'operator.role-exceeds',
    `The role ${role} includes scopes that you do not have: ${excess.join(', ')}. Ask someone who has them.`,
  );
}

function lastAdmin(): Rejection<'operator.last-admin'> {
  return new Rejection(
    'operator.last-admin',
    'This is the only admin for all publishers. Give another person that role first.',
  );
}

async function viewOf(parts: OperatorHandlerParts, row: OperatorRow) {
  const [view] = await viewsOf(parts, [row]);
  if (!view) throw new Error('a row has a view');
  return view;
}

async function viewsOf(
  { db, sessions, now }: OperatorHandlerParts,
  rows: readonly OperatorRow[],
): Promise<z.input<typeof operatorView>[]> {
  const open = await countSessions(db, rows, { now: now(), seenAfter: sessions.idleSince() });
  return rows.map((row) => ({
    operatorId: row.id,
    tenantId: row.tenantId,
    objectId: row.objectId,
    name: row.name ?? undefined,
    email: row.email ?? undefined,
    role: row.role,
    publisherId: row.publisherId ?? undefined,
    source: row.source,
    createdAt: row.createdAt.toISOString(),
    lastSignInAt: row.lastSignInAt?.toISOString(),
    sessions: open.get(`${row.tenantId}/${row.objectId}`) ?? 0,
  }));
}
