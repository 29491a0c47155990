import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLandfallClient } from '@landfall/client';
import { keyProcedures } from '@landfall/contracts/key-procedures';
import { operatorProcedures } from '@landfall/contracts/operator-procedures';
import { scopes } from '@landfall/contracts/scopes';
import { startEmulator, type Emulator } from '@landfall/emulator/emulator';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { freePort } from '@landfall/servers/ports';
import { until } from '@landfall/servers/wait';
import type { Db } from '../src/db/schema.ts';
import { createInvitation, FIRST_ADMIN } from '../src/operators/invitations.ts';
import { Browser, OWN_COMMAND } from './browser.ts';
import { bootGateway, makeKey, openGatewayDatabase, rawRequest, type Gateway } from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let emulator: Emulator;
let gateway: Gateway;
let db: Db;

beforeAll(async () => {
  [database, nats, emulator] = await Promise.all([
    testDatabase({ services: ['gateway'] }),
    testNats(),
    startEmulator(),
  ]);
  const port = await freePort();
  const { consoleApp, publisher } = emulator.identities;
  gateway = await bootGateway(
    { database, nats },
    {
      HTTP_PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ENTRA_AUTHORITY_URL: emulator.authorityUrl,
      CONSOLE_CLIENT_ID: consoleApp?.clientId ?? '',
      CONSOLE_CLIENT_SECRET: consoleApp?.clientSecret ?? '',
      CONSOLE_TENANT_ID: publisher.tenantId,
    },
  );
  db = await openGatewayDatabase(database);
});

afterAll(async () => {
  for (const part of [gateway, emulator, db, nats, database]) await part[Symbol.asyncDispose]();
});

const ACCEPT = '/console/invitation';

const browser = () => new Browser(gateway);

async function admin() {
  const { text } = await makeKey(db, scopes);
  return createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: text });
}

/** Opens an invitation and signs in. */
async function accept(token: string, email: string) {
  const visitor = browser();
  const { url } = await visitor.post(ACCEPT, { invitation: token });
  return { visitor, ...(await visitor.pick(url, email)) };
}

/** The roles of the person who is signed in, such as `operator (contoso)`. */
async function rolesOf(visitor: Browser): Promise<string[]> {
  const { result } = await visitor.call('operators.me');
  const { everywhere, publishers } = operatorProcedures.operators.me.output.parse(result?.data);
  return [
    ...(everywhere?.roles ?? []).map((role) => `${role} (all publishers)`),
    ...publishers.flatMap(({ publisherId, roles }) =>
      roles.map((role) => `${role} (${publisherId})`),
    ),
  ];
}

async function tokenOfInvitation(role: 'viewer' | 'operator' | 'admin', publisherId?: string) {
  const { operators } = await admin();
  const { url } = await operators.invite.mutate({ role, publisherId });
  expect(new URL(url).pathname).toBe('/console/invitation');
  return new URL(url).hash.slice(1);
}

describe('signing in', () => {
  test.each([
    ['vera@contoso.example', 'viewer'],
    ['otto@contoso.example', 'operator'],
    ['alma@contoso.example', 'admin'],
  ])('%s gets the role %s from the app role in Microsoft Entra', async (email, role) => {
    const visitor = browser();
    const { url } = await visitor.signIn(email);
    expect(url.pathname).toBe('/console');
    expect(await rolesOf(visitor)).toEqual([`${role} (all publishers)`]);
  });

  test.each([
    ['a guest, whatever app role the guest has', 'gina@tailspin.example', 'Guests cannot use'],
    ['a person without a role', 'nils@contoso.example', 'You have no role yet'],
  ])('is refused for %s', async (_who, email, text) => {
    const visitor = browser();
    const { page, status } = await visitor.signIn(email);
    expect(status).toBe(403);
    expect(page).toContain(text);
    expect(visitor.cookie('__Host-landfall-console')).toBeUndefined();
  });

  test('takes away an app role that Entra no longer gives', async () => {
    await browser().signIn('vera@contoso.example');
    const vera = emulator.identities.people.find(({ email }) => email.startsWith('vera'))!;
    const { operators } = await admin();
    const given = (await operators.list.query({})).items;
    expect(given.find(({ objectId }) => objectId === vera.objectId)).toMatchObject({
      source: 'app-role',
      name: 'Vera Viewer',
      sessions: expect.any(Number),
    });
  });

  test('says which settings are missing, and shows no sign-in', async () => {
    await using bare = await bootGateway({ database, nats });
    const { page, status } = await new Browser(bare).open('/console');
    expect(status).toBe(200);
    expect(page).toContain('CONSOLE_CLIENT_SECRET');
    expect(page).not.toContain('href="/console/sign-in/start');
  });

  test('has a cookie that scripts and other sites cannot use', async () => {
    const at = await browser().open('/console/sign-in/start?account=other');
    expect(at.url.origin).toBe(new URL(emulator.authorityUrl).origin);
    expect(at.url.pathname).toContain(emulator.identities.publisher.tenantId);
    const response = await fetch(`${gateway.url}/console/sign-in`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).not.toMatch(/style=|<style|<script>|onclick=/);
  });
});

describe('an invitation', () => {
  test('gives its role to one person, once, and its token is in no URL that is sent', async () => {
    const token = await tokenOfInvitation('operator', 'contoso');
    const nils = browser();
    const opened = await nils.post(ACCEPT, { invitation: token });
    expect(opened.url.href).not.toContain(token);
    await nils.pick(opened.url, 'nils@contoso.example');
    expect(await rolesOf(nils)).toEqual(['operator (contoso)']);
    const second = await browser().post(ACCEPT, { invitation: token });
    expect(second.status).toBe(404);
    expect(second.page).toContain('This invitation does not work');
  });

  test('is not used up by a guest, who may not sign in', async () => {
    const token = await tokenOfInvitation('viewer');
    const gina = browser();
    const opened = await gina.post(ACCEPT, { invitation: token });
    expect((await gina.pick(opened.url, 'gina@tailspin.example')).status).toBe(403);
    expect((await browser().post(ACCEPT, { invitation: token })).status).toBe(200);
  });

  test('of a key that is revoked meanwhile gives no role', async () => {
    const { text, id } = await makeKey(db, scopes);
    const inviter = createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: text });
    const { url } = await inviter.operators.invite.mutate({ role: 'admin', publisherId: 'late' });
    await (await admin()).keys.revoke.mutate({ keyId: id });
    const refused = await accept(new URL(url).hash.slice(1), 'nils@contoso.example');
    expect(refused.page).toContain('does not work');
    const { items } = await (await admin()).operators.list.query({ publisherId: 'late' });
    expect(items).toEqual([]);
  });

  test('of a person who lost the role meanwhile gives no role', async () => {
    const inviter = { tenantId: randomUUID(), objectId: randomUUID() };
    const { operators } = await admin();
    const { operatorId } = await operators.put.mutate({
      ...inviter,
      role: 'admin',
      publisherId: 'left',
    });
    const invited = async () => {
      const { url } = await createInvitation(db, {
        role: 'admin',
        publisherId: 'left',
        expiresInHours: 1,
        createdBy: `operator ${inviter.tenantId}/${inviter.objectId}`,
        at: new Date(),
        publicUrl: gateway.url,
      });
      return new URL(url).hash.slice(1);
    };
    const [before, after] = [await invited(), await invited()];
    const { visitor } = await accept(before, 'nils@contoso.example');
    expect(await rolesOf(visitor)).toContain('admin (left)');
    await operators.remove.mutate({ operatorId });
    expect((await accept(after, 'nils@contoso.example')).page).toContain('does not work');
  });

  test('for the first admin does not work any more when there is an admin', async () => {
    await browser().signIn('alma@contoso.example');
    const { url } = await createInvitation(db, {
      role: 'admin',
      publisherId: undefined,
      expiresInHours: 1,
      createdBy: FIRST_ADMIN,
      at: new Date(),
      publicUrl: gateway.url,
    });
    const { page } = await accept(new URL(url).hash.slice(1), 'nils@contoso.example');
    expect(page).toContain('does not work');
  });

  test('opened by two people at the same time gives its role to one of them', async () => {
    const token = await tokenOfInvitation('viewer', 'raced');
    const people = ['nils@contoso.example', 'otto@contoso.example'].map((email) => ({
      email,
      visitor: browser(),
    }));
    const opened = await Promise.all(
      people.map(({ visitor }) => visitor.post(ACCEPT, { invitation: token })),
    );
    const answers = await Promise.all(
      people.map(({ visitor, email }, index) => visitor.pick(opened[index]!.url, email)),
    );
    const refused = answers.filter(({ page }) => page.includes('This invitation does not work'));
    expect(refused).toHaveLength(1);
    const { items } = await (await admin()).operators.list.query({ publisherId: 'raced' });
    expect(items).toHaveLength(1);
  });

  test('that is accepted, and every sign-in, are in the audit log', async () => {
    const token = await tokenOfInvitation('viewer', 'audited');
    await accept(token, 'nils@contoso.example');
    const { audit } = await admin();
    const given = await audit.list.query({ procedure: 'operators.acceptInvitation' });
    expect(given.items[0]).toMatchObject({
      publisherId: 'audited',
      outcome: 'done',
      after: { role: 'viewer', publisherId: 'audited' },
    });
    const signIns = await audit.list.query({ procedure: 'console', actor: given.items[0]?.actor });
    expect(signIns.items[0]).toMatchObject({ procedure: 'console.signIn', outcome: 'done' });
    await browser().signIn('gina@tailspin.example');
    const refused = await audit.list.query({ outcome: 'sign-in.guest' });
    expect(refused.items.length).toBeGreaterThan(0);
  });

  test('of another site is refused', async () => {
    const token = await tokenOfInvitation('viewer');
    const headers = { 'sec-fetch-site': 'cross-site' };
    const sent = await browser().post(ACCEPT, { invitation: token }, headers);
    expect(sent.status).toBe(403);
  });

  test('gives no role that includes more than the inviting caller has', async () => {
    const { text } = await makeKey(db, ['operators:write']);
    const weak = createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: text });
    await expect(weak.operators.invite.mutate({ role: 'viewer' })).rejects.toMatchObject({
      data: { rejection: 'operator.role-exceeds' },
    });
  });
});

describe('a session', () => {
  test('creates a key, shows it once, and revokes it', async () => {
    const alma = browser();
    await alma.signIn('alma@contoso.example');
    const wanted = { label: 'meter job', scopes: ['usage:read', 'usage:write'], expiresInDays: 30 };
    const { result } = await alma.call('keys.create', wanted);
    const { key, secret } = keyProcedures.keys.create.output.parse(result?.data);
    const client = createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: secret });
    expect(await client.keys.own.query({})).toMatchObject({ label: 'meter job', kind: 'api-key' });
    const shown = JSON.stringify((await alma.call('keys.list')).result?.data);
    expect(shown).toContain('meter job');
    expect(shown).not.toContain(secret);
    expect(key.createdBy).toMatch(/^operator /);
    await alma.call('keys.revoke', { keyId: key.id });
    await expect(client.usage.hours.query({})).rejects.toMatchObject({
      data: { httpStatus: 401 },
    });
  });

  test.each([
    ['another site', { ...OWN_COMMAND, 'sec-fetch-site': 'cross-site' }],
    ['another origin', { ...OWN_COMMAND, origin: 'https://evil.example' }],
    ['a form, which cannot send the header', { 'sec-fetch-site': 'same-origin' }],
  ])('carries out no command of %s', async (_sender, headers) => {
    const alma = browser();
    await alma.signIn('alma@contoso.example');
    const commands = {
      'keys.create': { label: 'forged', scopes: ['usage:read'] },
      'operators.invite': { role: 'admin' },
    };
    for (const [command, input] of Object.entries(commands)) {
      const refused = await alma.call(command, input, headers);
      expect(refused.status, command).toBe(403);
      expect(refused.error?.data.rejection).toBe('session.foreign-origin');
    }
    const { items } = await (await admin()).keys.list.query({ limit: 200 });
    expect(items.filter(({ label }) => label === 'forged')).toEqual([]);
  });

  test.each(['vera@contoso.example', 'otto@contoso.example'])(
    'of %s, who is no admin, neither shows nor changes keys and people',
    async (email) => {
      const visitor = browser();
      await visitor.signIn(email);
      const calls = {
        'keys.list': {},
        'keys.create': { label: 'x', scopes: ['usage:read'] },
        'keys.revoke': { keyId: 'x' },
        'operators.list': {},
        'operators.invite': { role: 'viewer' },
        'operators.remove': { operatorId: randomUUID() },
        'operators.endSessions': { operatorId: randomUUID() },
      };
      for (const [procedure, input] of Object.entries(calls)) {
        expect((await visitor.call(procedure, input)).status, procedure).toBe(403);
      }
    },
  );

  test('ends with the sign-out, and a copied cookie is then useless', async () => {
    const otto = browser();
    await otto.signIn('otto@contoso.example');
    const cookie = `__Host-landfall-console=${otto.cookie('__Host-landfall-console')}`;
    const ask = () =>
      rawRequest(gateway, '/v1/operators/me', { headers: { cookie, ...OWN_COMMAND } });
    expect((await ask()).status).toBe(200);
    await otto.post('/console/sign-out', {}, OWN_COMMAND);
    expect(otto.cookie('__Host-landfall-console')).toBeUndefined();
    expect((await ask()).status).toBe(401);
    const again = await fetch(`${gateway.url}/console`, { headers: { cookie } });
    expect(await again.text()).toContain('Sign in with Microsoft');
  });

  test('ends everywhere when an admin ends it, and together with the role', async () => {
    const vera = browser();
    await vera.signIn('vera@contoso.example');
    const { operators } = await admin();
    const find = async () =>
      (await operators.list.query({})).items.find(({ name }) => name === 'Vera Viewer');
    const operatorId = (await find())?.operatorId ?? '';
    expect((await operators.endSessions.mutate({ operatorId })).ended).toBeGreaterThan(0);
    await until(
      'the session has ended',
      async () => (await vera.call('operators.me')).status === 401,
    );
    await vera.signIn('vera@contoso.example');
    await operators.remove.mutate({ operatorId, dryRun: true });
    expect(await rolesOf(vera)).toEqual(['viewer (all publishers)']);
    await operators.remove.mutate({ operatorId });
    expect((await vera.call('operators.me')).status).toBe(401);
    expect(await find()).toBeUndefined();
  });

  test('keeps the last admin for all publishers', async () => {
    await browser().signIn('alma@contoso.example');
    const { operators } = await admin();
    const { items } = await operators.list.query({});
    const admins = items.filter(({ role, publisherId }) => role === 'admin' && !publisherId);
    expect(admins.length).toBe(1);
    await expect(
      operators.remove.mutate({ operatorId: admins[0]?.operatorId ?? '' }),
    ).rejects.toMatchObject({ data: { rejection: 'operator.last-admin' } });
  });
});
