import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLandfallClient } from '@landfall/client';
import { errorDetails } from '@landfall/client/errors';
import type { Scope } from '@landfall/contracts/scopes';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import type { Db } from '../src/db/schema.ts';
import { bootGateway, makeKey, openGatewayDatabase, type Gateway } from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let other: Gateway;
let db: Db;

const START_KEY = `lf_start-key_${'s'.repeat(43)}`;
const MANAGE: readonly Scope[] = ['keys:read', 'keys:write', 'health:read', 'usage:read'];

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats }, { BOOTSTRAP_API_KEY: START_KEY });
  other = await bootGateway({ database, nats }, { BOOTSTRAP_API_KEY: START_KEY });
  db = await openGatewayDatabase(database);
});

afterAll(async () => {
  for (const part of [gateway, other, db, nats, database]) await part[Symbol.asyncDispose]();
});

const clientOf = (apiKey: string, at: Gateway = gateway) =>
  createLandfallClient({ url: `${at.url}/trpc`, apiKey });
const rejection = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: unknown) => errorDetails(error)?.rejection ?? errorDetails(error)?.httpStatus,
  );
const own = (secret: string, at: Gateway = gateway) => clientOf(secret, at).keys.own.query({});

test('a key that a caller creates works at once, says who created it, and its secret is shown only once', async () => {
  const maker = await makeKey(db, MANAGE);
  const { keys } = clientOf(maker.text);
  const created = await keys.create.mutate({
    label: 'billing job',
    scopes: ['health:read', 'usage:read'],
    expiresInDays: 30,
  });
  expect(created.secret.startsWith(created.key.prefix)).toBe(true);
  expect(await own(created.secret)).toMatchObject({
    kind: 'api-key',
    id: created.key.id,
    label: 'billing job',
    scopes: ['usage:read', 'health:read'],
  });
  const { items } = await keys.list.query({});
  expect(items.find(({ id }) => id === created.key.id)).toMatchObject({
    createdBy: `key ${maker.id}`,
    state: 'active',
  });
  expect(JSON.stringify(items)).not.toContain(created.secret.slice(created.key.prefix.length));
});

test('a caller cannot give a scope that it does not have, neither in a new key nor by rotating a key', async () => {
  const weak = clientOf((await makeKey(db, MANAGE)).text);
  const strong = await makeKey(db, ['usage:write']);
  const wanted = { label: 'too much', scopes: ['usage:read', 'usage:write'] as Scope[] };
  expect(await rejection(weak.keys.create.mutate(wanted))).toBe('key.scope-exceeds');
  expect(await rejection(weak.keys.rotate.mutate({ keyId: strong.id }))).toBe('key.scope-exceeds');
});

test('a caller with one publisher makes keys for that publisher, and sees and ends no others', async () => {
  const limited = clientOf((await makeKey(db, MANAGE, 'contoso')).text);
  const foreign = await makeKey(db, ['usage:read'], 'fabrikam');
  const unlimited = await makeKey(db, ['usage:read']);
  const { key } = await limited.keys.create.mutate({ label: 'ours', scopes: ['usage:read'] });
  expect(key.publisherId).toBe('contoso');
  const { items } = await limited.keys.list.query({});
  expect(new Set(items.map(({ publisherId }) => publisherId))).toEqual(new Set(['contoso']));
  for (const { id } of [foreign, unlimited]) {
    expect(await rejection(limited.keys.revoke.mutate({ keyId: id }))).toBe('key.not-found');
    expect(await rejection(limited.keys.rotate.mutate({ keyId: id }))).toBe('key.not-found');
  }
  const elsewhere = { label: 'theirs', scopes: ['usage:read' as const], publisherId: 'fabrikam' };
  expect(await rejection(limited.keys.create.mutate(elsewhere))).toBe('publisher.not-found');
});

test('after a rotation, the new secret works at once and the former one until the overlap is over', async () => {
  const { keys } = clientOf((await makeKey(db, MANAGE)).text);
  const { key, secret } = await keys.create.mutate({ label: 'job', scopes: ['health:read'] });
  await own(secret);
  const rotated = await keys.rotate.mutate({ keyId: key.id, overlapHours: 1 });
  expect(rotated.key.state).toBe('rotating');
  await own(rotated.secret);
  await own(secret);
  await db.kysely
    .updateTable('apiKeys')
    .set({ formerSecretUntil: new Date() })
    .where('id', '=', key.id)
    .execute();
  await until('the former secret ended', async () => (await rejection(own(secret))) === 401);
  await own(rotated.secret);
  const again = await keys.rotate.mutate({ keyId: key.id, overlapHours: 0 });
  expect(await rejection(own(rotated.secret))).toBe(401);
  await own(again.secret);
});

test('a revoked key stops working within two seconds on every instance, and stays revoked', async () => {
  const { keys } = clientOf((await makeKey(db, MANAGE)).text);
  const { key, secret } = await keys.create.mutate({ label: 'job', scopes: ['health:read'] });
  await own(secret, other);
  expect((await keys.revoke.mutate({ keyId: key.id, dryRun: true })).state).toBe('active');
  await own(secret);
  expect((await keys.revoke.mutate({ keyId: key.id })).state).toBe('revoked');
  const revokedAt = Date.now();
  let lastAdmittedAt = revokedAt;
  await until('the other instance refuses it', async () => {
    const askedAt = Date.now();
    if ((await rejection(own(secret, other))) === 401) return true;
    lastAdmittedAt = askedAt;
    return false;
  });
  expect(lastAdmittedAt - revokedAt).toBeLessThanOrEqual(2_000);
  expect(await rejection(own(secret))).toBe(401);
  expect(await rejection(keys.rotate.mutate({ keyId: key.id }))).toBe('key.revoked');
  const { items } = await keys.list.query({ state: 'revoked' });
  expect(items.map(({ id }) => id)).toContain(key.id);
});

test('an expired key is refused, listed as expired, and works again only with a new secret', async () => {
  const { keys } = clientOf((await makeKey(db, MANAGE)).text);
  const { key, secret } = await keys.create.mutate({ label: 'old', scopes: ['health:read'] });
  await db.kysely
    .updateTable('apiKeys')
    .set({ expiresAt: new Date() })
    .where('id', '=', key.id)
    .execute();
  expect(await rejection(own(secret))).toBe(401);
  const { items } = await keys.list.query({ state: 'expired' });
  expect(items.map(({ id }) => id)).toContain(key.id);
  const rotated = await keys.rotate.mutate({ keyId: key.id });
  await own(rotated.secret);
  expect(await rejection(own(secret))).toBe(401);
});

test('the key from the configuration cannot be rotated, because the next start would undo it', async () => {
  const { keys } = clientOf(START_KEY);
  expect(await rejection(keys.rotate.mutate({ keyId: 'start-key' }))).toBe(
    'key.from-configuration',
  );
});
