/** What an API key may do. `internal` is for our own services and is never granted to a key. */
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
