import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import type { publicProcedures } from '@landfall/contracts/api';
import { callerId } from '@landfall/contracts/caller';
import type { operatorProcedures } from '@landfall/contracts/operator-procedures';
import type { Call, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { operatorRoles, type OperatorRole } from '@landfall/contracts/roles';
import manifest from '../../package.json' with { type: 'json' };
import type { Db } from '../db/schema.ts';
import { rolesOf, type OperatorRow, type PersonIds } from '../store/operators.ts';
import { callerOf, publishersOf } from './caller.ts';
import { IDLE_MS, SESSION_LIFE_MS } from './sessions.ts';

/** The console starts without the publishers if the worker, which knows them, is slower. */
const PUBLISHERS_WITHIN_MS = 1_000;

export interface SignedInPersonParts {
  readonly db: Db;
  readonly publishers: Handlers<typeof publicProcedures>['publishers']['list'];
  readonly publicUrl: string;
  /** The storefront of the local marketplace. */
  readonly localMarketplaceUrl: string | undefined;
  readonly now: () => Date;
}

/** Answers `operators.me`: everything that the console needs at its start, in one call. */
export function signedInPersonHandler(
  parts: SignedInPersonParts,
): Handlers<typeof operatorProcedures>['operators']['me'] {
  return async (_input, call) => {
    const { caller } = call;
    if (caller.kind !== 'operator') throw new Error('the router lets only people call this');
    const roles = await rolesOf(parts.db, caller);
    const [last] = roles.toSorted((a, b) => Number(b.lastSignInAt) - Number(a.lastSignInAt));
    if (!last) {
      return new Rejection('session.no-role', 'You have no role any more. Ask an admin for one.');
    }
    const configured = await configuredPublishers(parts, call, { person: caller, roles });
    const ids = new Set([...(configured ?? []), ...publishersOf(roles)]);
    const { name, email } = last;
    const { publicUrl, localMarketplaceUrl, now } = parts;
    const endsAt = call.sessionEndsAt ?? new Date(now().getTime() + SESSION_LIFE_MS);
    return {
      id: callerId(caller).replace(/^operator /, ''),
      name: name ?? undefined,
      email: email ?? undefined,
      everywhere: isEverywhere(roles) ? accessOf(caller, roles, undefined) : undefined,
      publishers: [...ids].map((publisherId) =>
        Object.assign({ publisherId }, accessOf(caller, roles, publisherId)),
      ),
      isIncomplete: configured === undefined,
      session: { endsAt: endsAt.toISOString(), idleMinutes: IDLE_MS / 60_000 },
      version: manifest.version,
      publicUrl,
      ...(localMarketplaceUrl && { local: { marketplaceUrl: localMarketplaceUrl } }),
    };
  };
}

type Access = Pick<
  z.input<(typeof operatorProcedures)['operators']['me']['output']>['publishers'][number],
  'roles' | 'scopes'
>;

function accessOf(
  { tenantId, objectId }: PersonIds,
  roles: readonly OperatorRow[],
  publisherId: string | undefined,
): Access {
  const caller = callerOf({ tenantId, objectId, roles }, publisherId);
  const counts = (role: OperatorRole) =>
    roles.some(
      (one) => one.role === role && (one.publisherId === null || one.publisherId === publisherId),
    );
  return {
    roles: operatorRoles.filter(counts),
    scopes: caller instanceof Rejection || caller.kind === 'service' ? [] : [...caller.scopes],
  };
}

/** A person with roles for single publishers may choose only those. Undefined: the worker does not answer now. */
async function configuredPublishers(
  { publishers }: SignedInPersonParts,
  call: Call,
  of: { readonly person: PersonIds; readonly roles: readonly OperatorRow[] },
): Promise<readonly string[] | undefined> {
  const { person, roles } = of;
  if (!isEverywhere(roles)) return [];
  const caller = callerOf({ ...person, roles }, undefined);
  if (caller instanceof Rejection) return undefined;
  try {
    const list = publishers({}, { ...call, caller });
    const answer = await Promise.race([list, setTimeout(PUBLISHERS_WITHIN_MS)]);
    if (!answer || answer instanceof Rejection) return undefined;
    return answer.items.flatMap(({ publisherId }) => publisherId ?? []);
  } catch {
    return undefined;
  }
}

function isEverywhere(roles: readonly OperatorRow[]): boolean {
  return roles.some(({ publisherId }) => publisherId === null);
}
