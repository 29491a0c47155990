/**
 * What a person may do with a subscription. `owner`: everything, other owners included. `admin`: plan,
 * seats and people, but neither cancel nor touch an owner. `viewer`: look.
 */
export const roles = ['owner', 'admin', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** What a route does to a subscription; see `routes.ts` for which wants what. */
export type Right = 'read' | 'change' | 'people' | 'cancel';

const RIGHTS: Readonly<Record<Role, ReadonlySet<Right>>> = {
  owner: new Set(['read', 'change', 'people', 'cancel']),
  admin: new Set(['read', 'change', 'people']),
  viewer: new Set(['read']),
};

export function hasRight(role: Role, right: Right): boolean {
  return RIGHTS[role].has(right);
}

/** Roles whose holders may be asked by somebody who lacks a right. */
export function rolesWith(right: Right): readonly Role[] {
  return roles.filter((role) => hasRight(role, right));
}

/** Whether somebody may give a role, or take it away: owners are made and unmade by owners alone. */
export function mayGive(giver: Role, role: Role): boolean {
  return hasRight(giver, 'people') && (role !== 'owner' || giver === 'owner');
}

export function isRole(text: string | undefined): text is Role {
  return (roles as readonly (string | undefined)[]).includes(text);
}
