import type { Role } from '../db/schema.ts';

export const roles: readonly Role[] = ['owner', 'admin', 'viewer'];

/** What a route does with a subscription. `routes.ts` lists the right that each route needs. */
export type Right = 'read' | 'change' | 'people' | 'cancel';

/** Admins manage plan, seats and people, but cannot cancel or change an owner. Viewers only read. */
const RIGHTS: Readonly<Record<Role, ReadonlySet<Right>>> = {
  owner: new Set(['read', 'change', 'people', 'cancel']),
  admin: new Set(['read', 'change', 'people']),
  viewer: new Set(['read']),
};

export function hasRight(role: Role, right: Right): boolean {
  return RIGHTS[role].has(right);
}

/** The roles that have a right, for visitors who lack it and have to ask a colleague. */
export function rolesWith(right: Right): readonly Role[] {
  return roles.filter((role) => hasRight(role, right));
}

/** Whether `giver` may give or remove `role`. Only owners add and remove owners. */
export function mayGive(giver: Role, role: Role): boolean {
  return hasRight(giver, 'people') && (role !== 'owner' || giver === 'owner');
}

export function isRole(text: string | undefined): text is Role {
  return (roles as readonly (string | undefined)[]).includes(text);
}
