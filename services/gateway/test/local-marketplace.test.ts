import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '@landfall/emulator/emulator';
import { freePort } from '@landfall/servers/ports';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { Browser } from './browser.ts';
import { bootGateway, rawRequest, type Gateway } from './fixture.ts';

let resources: AsyncDisposableStack;
let database: TestDatabase;
let nats: TestNats;
let emulator: Emulator;
let gateway: Gateway;

beforeAll(async () => {
  await using opened = new AsyncDisposableStack();
  database = opened.use(await testDatabase({ services: ['gateway'] }));
  nats = opened.use(await testNats());
  emulator = opened.use(await startEmulator());
  gateway = opened.use(await boot({ LOCAL_MARKETPLACE_URL: emulator.url }));
  resources = opened.move();
});
afterAll(() => resources.disposeAsync());

async function boot(env: Record<string, string>): Promise<Gateway> {
  const port = String(await freePort());
  const { consoleApp, publisher } = emulator.identities;
  return bootGateway(
    { database, nats },
    {
      HTTP_PORT: port,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ENTRA_AUTHORITY_URL: emulator.authorityUrl,
      CONSOLE_CLIENT_ID: consoleApp?.clientId ?? '',
      CONSOLE_CLIENT_SECRET: consoleApp?.clientSecret ?? '',
      CONSOLE_TENANT_ID: publisher.tenantId,
      ...env,
    },
  );
}

const OWN = { 'sec-fetch-site': 'same-origin', 'landfall-console': '1' };

/** Calls as the console's page of this person does. */
async function personAt(at: Gateway, email: string) {
  const visitor = new Browser(at);
  await visitor.signIn(email);
  const cookie = `__Host-landfall-console=${visitor.cookie('__Host-landfall-console')}`;
  return async (method: string, path: string, headers: Record<string, string> = OWN) => {
    const sent = { cookie, ...headers };
    const { status, body } = await rawRequest(at, `/console${path}`, { method, headers: sent });
    return { status, body };
  };
}

const active = async () => (await emulator.control.activeFaults()).map(({ which }) => which);

describe('the console of the local stack', () => {
  test.each(['otto', 'alma'])('lets %s disturb the marketplace and end it again', async (name) => {
    const call = await personAt(gateway, `${name}@contoso.example`);

    const begun = await call('POST', '/local/presets/outage');

    expect(begun.status, begun.body).toBe(200);
    expect(JSON.parse(begun.body)).toMatchObject({ faults: [{ which: 'outage' }] });
    expect(await active()).toEqual(['outage']);
    expect((await call('DELETE', '/local/faults/outage')).status).toBe(200);
    expect(await active()).toEqual([]);
  });

  test('lets a viewer only see what is disturbed', async () => {
    const call = await personAt(gateway, 'vera@contoso.example');
    await emulator.control.runPreset('lose-next');

    const seen = JSON.parse((await call('GET', '/local')).body) as Record<string, unknown>;

    expect(seen).toMatchObject({ mayDisturb: false, faults: [{ which: 'lose-next' }] });
    expect(seen['presets']).toHaveProperty('length');
    expect((await call('POST', '/local/presets/lag')).status).toBe(403);
    expect((await call('DELETE', '/local/faults/lose-next')).status).toBe(403);
    expect(await active()).toEqual(['lose-next']);
    await emulator.control.clearFaults();
  });

  test('refuses strangers and other sites', async () => {
    const call = await personAt(gateway, 'alma@contoso.example');
    const foreign = { 'sec-fetch-site': 'cross-site', 'landfall-console': '1' };
    expect((await call('POST', '/local/presets/outage', foreign)).status).toBe(403);
    const form = { 'sec-fetch-site': 'same-origin' };
    expect((await call('POST', '/local/presets/outage', form)).status).toBe(403);
    expect((await call('POST', '/local/presets/outage', { ...OWN, cookie: '' })).status).toBe(401);
    expect(await active()).toEqual([]);
  });
});

test('an installation with a real marketplace has none of this', async () => {
  await using real = await boot({});
  const call = await personAt(real, 'alma@contoso.example');

  const answers = [
    await call('POST', '/local/presets/outage'),
    await call('DELETE', '/local/faults/outage'),
  ];

  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  expect((await call('GET', '/local')).body).not.toContain('presets');
  expect(await active()).toEqual([]);
});
