/** Permissions of an API key. `internal` is for Landfall's own services; no key can have it. */
export const scopes = [
  'subscriptions:read',
  'subscriptions:write',
  'policies:read',
  'policies:write',
  'settings:read',
  'settings:write',
  'reconciliation:run',
  'usage:read',
  'usage:write',
  'dimensions:write',
  'notifications:read',
  'notifications:write',
  'tasks:read',
  'tasks:write',
  'destinations:read',
  'destinations:write',
  'credentials:read',
  'landing:read',
  'landing:write',
  'people:read',
  'people:write',
  'alerts:read',
] as const;

export type Scope = (typeof scopes)[number];
export type ProcedureScope = Scope | 'internal';
