import { scopes, type Scope } from './scopes.ts';

/** What a person may do, from least to most. */
export const operatorRoles = ['viewer', 'operator', 'admin'] as const;

export type OperatorRole = (typeof operatorRoles)[number];

/** Only admins may do these: they give access to others, or show or remove personal data. */
const ADMIN_ONLY: ReadonlySet<Scope> = new Set([
  'keys:read',
  'keys:write',
  'operators:read',
  'operators:write',
  'audit:read',
  'personal-data:read',
  'personal-data:write',
  'imports:write',
  'health:write',
]);

/**
 * The scopes of each role. A viewer reads, an operator also does the daily work, and an admin also decides who has access.
 * `appRole` is the value of the app role in Microsoft Entra that gives a person this role for every publisher.
 */
export const roleDefinitions: Readonly<
  Record<
    OperatorRole,
    { readonly summary: string; readonly appRole: string; readonly scopes: readonly Scope[] }
  >
> = {
  viewer: {
    summary: 'Sees everything except keys, operators, personal data exports and the audit log.',
    appRole: 'Landfall.Viewer',
    scopes: scopes.filter((scope) => scope.endsWith(':read') && !ADMIN_ONLY.has(scope)),
  },
  operator: {
    summary: 'Also changes, cancels, replays and repairs, and edits rules, settings and pages.',
    appRole: 'Landfall.Operator',
    scopes: scopes.filter((scope) => !ADMIN_ONLY.has(scope)),
  },
  admin: {
    summary: 'Also manages keys, operators, imports and personal data, and reads the audit log.',
    appRole: 'Landfall.Admin',
    scopes,
  },
};
