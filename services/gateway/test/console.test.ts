import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLandfallClient } from '@landfall/client';
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
import { Browser, formKeyIn } from './browser.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  serveFulfillment,
  testBus,
  type Gateway,
} from './fixture.ts';
import { scopes } from '@landfall/contracts/scopes';

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

/** Accepts an invitation and returns to the page of keys and people. */
const ACCEPT = '/console/invitation?to=/console/access';

const browser = () => new Browser(gateway);

async function admin() {
  const { text } = await makeKey(db, scopes);
  return createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: text });
}

/** Opens an invitation and signs in. */
async function accept(token: string, email: string) {
  const visitor = browser();
  const { url } = await visitor.post(ACCEPT, { invitation: token });
  return visitor.pick(url, email);
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
    const { page, status, url } = await browser().signIn(email);
    expect([status, url.pathname]).toEqual([200, '/console/access']);
    expect(page).toContain(`${role} (all publishers)`);
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
    const { page, status } = await nils.pick(opened.url, 'nils@contoso.example');
    expect(status).toBe(200);
    expect(page).toContain('operator (contoso)');
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
    expect((await accept(before, 'nils@contoso.example')).page).toContain('admin (left)');
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

describe('the console', () => {
  test('creates a key, shows it once, and revokes it', async () => {
    const alma = browser();
    const { page } = await alma.signIn('alma@contoso.example');
    const formKey = formKeyIn(page);
    const form = { formKey, publisher: '', label: 'meter job', preset: 'usage', days: '30' };
    const created = await alma.post('/console/access/keys', form);
    expect(created.status).toBe(201);
    const [, secret = ''] = /Bearer (lf_[\w-]+)/.exec(created.page) ?? [];
    const client = createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: secret });
    const [, keyId = ''] = secret.split('_');
    const [, tryIt = ''] = /(http[^ ]+\/v1\/me)/.exec(created.page) ?? [];
    const who = await fetch(tryIt, { headers: { authorization: `Bearer ${secret}` } });
    expect(await who.json()).toMatchObject({ label: 'meter job', kind: 'api-key' });
    const shown = await alma.open('/console/access');
    expect(shown.page).toContain('meter job');
    expect(shown.page).not.toContain(secret);
    const { keys } = await admin();
    const { items } = await keys.list.query({});
    expect(items.find(({ id }) => id === keyId)?.createdBy).toMatch(/^operator /);
    await alma.post('/console/access/keys/revoke', { formKey, publisher: '', keyId });
    await expect(client.usage.hours.query({})).rejects.toMatchObject({
      data: { httpStatus: 401 },
    });
  });

  test('offers the configured publishers, and knows no other', async () => {
    await using bus = await testBus(nats);
    const contoso = { publisherId: 'contoso', tenantId: 't', clientId: 'c' };
    await using _worker = serveFulfillment(bus, {
      publishers: {
        list: async () => ({ items: [{ ...contoso, isDefault: true, credential: 'ok' as const }] }),
      },
    });
    const alma = browser();
    const { page } = await alma.signIn('alma@contoso.example');
    expect(page).toMatch(/<option\s*>contoso<\/option>/);
    const chosen = await alma.open('/console/access?publisher=contoso');
    expect(chosen.page).toMatch(/<option selected\s*>contoso<\/option>/);
    const unknown = await alma.open('/console/access?publisher=contosso');
    expect([unknown.status, unknown.page]).toEqual([404, expect.stringContaining('contosso')]);
  });

  test('accepts no form of another site or of another person', async () => {
    const alma = browser();
    const { page } = await alma.signIn('alma@contoso.example');
    const otto = formKeyIn((await browser().signIn('otto@contoso.example')).page);
    const form = { publisher: '', label: 'x', preset: 'usage', days: '30' };
    const foreign = { 'sec-fetch-site': 'cross-site' };
    const own = { ...form, formKey: formKeyIn(page) };
    expect((await alma.post('/console/access/keys', own, foreign)).status).toBe(403);
    expect((await alma.post('/console/access/keys', { ...form, formKey: otto })).status).toBe(403);
  });

  test('does not let a viewer see keys or create one', async () => {
    const vera = browser();
    const { page } = await vera.signIn('vera@contoso.example');
    expect(page).not.toContain('Create an API key');
    const form = {
      formKey: formKeyIn(page),
      publisher: '',
      label: 'x',
      preset: 'usage',
      days: '9',
    };
    expect((await vera.post('/console/access/keys', form)).status).toBe(403);
  });

  test('signs out, and a copied cookie is then useless', async () => {
    const otto = browser();
    const { page } = await otto.signIn('otto@contoso.example');
    const cookie = `__Host-landfall-console=${otto.cookie('__Host-landfall-console')}`;
    await otto.post('/console/sign-out', { formKey: formKeyIn(page) });
    const again = await fetch(`${gateway.url}/console/access`, { headers: { cookie } });
    expect(await again.text()).toContain('Sign in with Microsoft');
  });

  test('signs a person out everywhere, and removes a role together with the sessions', async () => {
    const vera = browser();
    await vera.signIn('vera@contoso.example');
    const { operators } = await admin();
    const find = async () =>
      (await operators.list.query({})).items.find(({ name }) => name === 'Vera Viewer');
    const operatorId = (await find())?.operatorId ?? '';
    expect((await operators.endSessions.mutate({ operatorId })).ended).toBeGreaterThan(0);
    await until('the session has ended', async () =>
      (await vera.open('/console/access')).page.includes('Sign in with Microsoft'),
    );
    await vera.signIn('vera@contoso.example');
    await operators.remove.mutate({ operatorId, dryRun: true });
    expect((await vera.open('/console/access')).page).toContain('viewer (all publishers)');
    await operators.remove.mutate({ operatorId });
    expect((await vera.open('/console/access')).page).toContain('Sign in with Microsoft');
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
