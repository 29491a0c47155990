import { PERSONAL_ACCOUNTS_TENANT } from '@landfall/domain/claim';
import { operatorRoles, roleDefinitions, type OperatorRole } from '@landfall/contracts/roles';
import type { Person } from '@landfall/entra-sign-in/id-token';
import type { Db } from '../db/schema.ts';
import { hashSecret } from '../keys/api-key.ts';
import { noteSignIn, putRole } from '../store/operators.ts';
import { takeInvitation } from '../store/sessions.ts';
import { isStillGiven } from './invitations.ts';

export type PersonProblem = 'personal' | 'guest' | 'other-tenant' | 'no-role' | 'invitation';

export interface AcceptRules {
  readonly tenantId: string;
  readonly accounts: string;
  readonly allowsGuests: boolean;
}

/** The role that an invitation gave. */
export interface GivenByInvitation {
  readonly role: OperatorRole;
  readonly publisherId: string | undefined;
}

/**
 * Decides whether a person who signed in may use the console, and stores what the sign-in says about the person's roles.
 * An invitation is used up only by a person who may have roles at all.
 */
export async function acceptPerson(
  { db, now }: { readonly db: Db; readonly now: () => Date },
  rules: AcceptRules,
  signedIn: { readonly person: Person; readonly invitation: string | undefined },
): Promise<{ readonly problem?: PersonProblem; readonly given?: GivenByInvitation }> {
  const { person, invitation } = signedIn;
  const { tenantId, objectId, name, email } = person;
  const isOwnTenant = tenantId === rules.tenantId;
  if (tenantId === PERSONAL_ACCOUNTS_TENANT) return { problem: 'personal' };
  if (person.isGuest && !rules.allowsGuests) return { problem: 'guest' };
  if (!isOwnTenant && rules.accounts !== 'organizations') return { problem: 'other-tenant' };
  const at = now();
  let given: GivenByInvitation | undefined;
  if (invitation !== undefined) {
    const taken = await takeInvitation(db, hashSecret(invitation), at);
    if (!taken || !(await isStillGiven(db, taken, at))) return { problem: 'invitation' };
    const { role, createdBy, publisherId } = taken;
    given = { role, publisherId: publisherId ?? undefined };
    await putRole(db, { ...given, tenantId, objectId, createdBy, at });
  }
  const appRole = isOwnTenant ? appRoleOf(person) : undefined;
  const roles = await noteSignIn(db, { tenantId, objectId, name, email, appRole, at });
  return { ...(roles.length === 0 ? { problem: 'no-role' } : {}), ...(given && { given }) };
}

/** The highest role among the person's app roles. */
export function appRoleOf({ appRoles }: Pick<Person, 'appRoles'>): OperatorRole | undefined {
  return operatorRoles.findLast((role) => appRoles.includes(roleDefinitions[role].appRole));
}
