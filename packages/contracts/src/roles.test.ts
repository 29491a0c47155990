import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { roleDefinitions } from './roles.ts';
import { scopes } from './scopes.ts';

test('each role includes the scopes of the role below it', () => {
  const { viewer, operator, admin } = roleDefinitions;
  expect(operator.scopes).toEqual(expect.arrayContaining([...viewer.scopes]));
  expect(admin.scopes).toEqual([...scopes]);
  expect(viewer.scopes.every((scope) => scope.endsWith(':read'))).toBe(true);
});

test('the documentation names the scopes of admins only, and every app role', () => {
  const page = readFileSync(new URL('../../../docs/people-and-keys.md', import.meta.url), 'utf8');
  const [, list = ''] = /^Admins only: ([^.]+)\./m.exec(page) ?? [];
  const named = [...list.matchAll(/`([^`]+)`/g)].map(([, scope]) => scope);
  const ofAdmins = scopes.filter((scope) => !roleDefinitions.operator.scopes.includes(scope));
  expect(new Set(named)).toEqual(new Set(ofAdmins));
  for (const { appRole } of Object.values(roleDefinitions))
    expect(page).toContain(`\`${appRole}\``);
});
