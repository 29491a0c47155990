import { PERSONAL_ACCOUNTS_TENANT } from '@landfall/domain/claim';
import { operatorRoles, roleDefinitions, type OperatorRole } from '@landfall/contracts/roles';
import type { Person } from '@landfall/entra-sign-in/id-token';
import type { Db } from '../db/schema.ts';
import { hashSecret } from '../keys/api-key.ts';
import { noteSignIn, putRole } from '../store/operators.ts';
import { takeInvitation } from '../store/sessions.ts';

export type PersonProblem = 'personal' | 'guest' | 'other-tenant' | 'no-role' | 'invitation';

export interface AcceptRules {
  readonly tenantId: string;
  readonly accounts: string;
  readonly allowsGuests: boolean;
}

/**
 * Decides whether a person who signed in may use the console, and stores what the sign-in says about the person's roles.
 * An invitation is used up only by a person who may have roles at all.
 */
export async function acceptPerson(
  { db, now }: { readonly db: Db; readonly now: () => Date },
  rules: AcceptRules,
  signedIn: { readonly person: Person; readonly invitation: string | undefined },
): Promise<PersonProblem | undefined> {
  const { person, invitation } = signedIn;
  const { tenantId, objectId, name, email } = person;
  const isOwnTenant = tenantId === rules.tenantId;
  if (tenantId === PERSONAL_ACCOUNTS_TENANT) return 'personal';
  if (person.isGuest && !rules.allowsGuests) return 'guest';
  if (!isOwnTenant && rules.accounts !== 'organizations') return 'other-tenant';
  const at = now();
  if (invitation !== undefined) {
    const taken = await takeInvitation(db, hashSecret(invitation), at);
    if (!taken) return 'invitation';
    const { role, createdBy, publisherId } = taken;
    const given = { tenantId, objectId, role, createdBy, at };
    await putRole(db, { ...given, publisherId: publisherId ?? undefined });
  }
  const appRole = isOwnTenant ? appRoleOf(person) : undefined;
  const roles = await noteSignIn(db, { tenantId, objectId, name, email, appRole, at });
  return roles.length === 0 ? 'no-role' : undefined;
}

/** The highest role among the person's app roles. */
export function appRoleOf({ appRoles }: Pick<Person, 'appRoles'>): OperatorRole | undefined {
  return operatorRoles.findLast((role) => appRoles.includes(roleDefinitions[role].appRole));
}
