import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorProcedures } from '@landfall/contracts/operator-procedures';
import { scopes } from '@landfall/contracts/scopes';
import { roleDefinitions, type OperatorRole } from '@landfall/contracts/roles';
import { testDatabase, testNats, type TestNats } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { random } from '@landfall/entra-sign-in/random';
import { hashSecret } from '../src/keys/api-key.ts';
import { configSchema } from '../src/config.ts';
import type { Db } from '../src/db/schema.ts';
import { noteSignIn, putRole } from '../src/store/operators.ts';
import { insertSession } from '../src/store/sessions.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveFulfillment,
  testBus,
  type Gateway,
} from './fixture.ts';

let resources: AsyncDisposableStack;
let gateway: Gateway;
let db: Db;
let nats: TestNats;

beforeAll(async () => {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await testDatabase({ services: ['gateway'] }));
  nats = opened.use(await testNats());
  gateway = opened.use(await bootGateway({ database, nats }));
  db = opened.use(await openGatewayDatabase(database));
  resources = opened.move();
});
afterAll(() => resources.disposeAsync());

type Given = readonly (readonly [role: OperatorRole, publisherId?: string])[];

/** A signed-in person with these roles. */
async function person(roles: Given, { endsInMs = 3_600_000 } = {}) {
  const ids = { tenantId: randomUUID(), objectId: randomUUID() };
  const at = new Date();
  for (const [role, publisherId] of roles) {
    await putRole(db, { ...ids, role, publisherId, createdBy: 'a test', at });
  }
  const who = { name: 'Alma Admin', email: 'alma@contoso.example', appRole: undefined };
  await noteSignIn(db, { ...ids, ...who, at });
  const token = random();
  const expiresAt = new Date(at.getTime() + endsInMs);
  await insertSession(db, {
    ...ids,
    tokenHash: hashSecret(token),
    name: who.name,
    createdAt: at,
    lastSeenAt: at,
    expiresAt,
  });
  const ask = (headers: Record<string, string> = {}) =>
    rawRequest(gateway, '/v1/operators/me', {
      headers: {
        cookie: `__Host-landfall-console=${token}`,
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
    });
  const me = async (headers?: Record<string, string>) => {
    const { status, body } = await ask(headers);
    expect(status, body).toBe(200);
    return operatorProcedures.operators.me.output.parse(JSON.parse(body));
  };
  return { ...ids, expiresAt, ask, me };
}

const configured = (...ids: string[]) => ({
  publishers: {
    list: async () => ({
      items: ids.map((publisherId, index) => ({
        publisherId,
        tenantId: 't',
        clientId: 'c',
        isDefault: index === 0,
        credential: 'ok' as const,
      })),
    }),
  },
});

describe('operators.me', () => {
  test('names the person, the session and the installation', async () => {
    const { me, tenantId, objectId, expiresAt } = await person([['admin']]);

    expect(await me()).toMatchObject({
      id: `${tenantId}/${objectId}`,
      name: 'Alma Admin',
      email: 'alma@contoso.example',
      session: { endsAt: expiresAt.toISOString(), idleMinutes: 60 },
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      publicUrl: 'http://127.0.0.1',
    });
  });

  test('gives a role for all publishers everywhere, and adds the role for a single one there', async () => {
    await using bus = await testBus(nats);
    await using _worker = serveFulfillment(bus, configured('contoso', 'fabrikam'));
    const { me } = await person([['viewer'], ['operator', 'fabrikam']]);

    // A busy worker may need longer than the second that the gateway waits.
    const answer = await until('the publishers are known', async () => {
      const found = await me();
      return found.isIncomplete ? undefined : found;
    });

    const viewer = roleDefinitions.viewer.scopes;
    const operator = roleDefinitions.operator.scopes;
    expect(answer.everywhere).toEqual({ roles: ['viewer'], scopes: viewer });
    expect(answer.publishers).toEqual([
      { publisherId: 'contoso', roles: ['viewer'], scopes: viewer },
      { publisherId: 'fabrikam', roles: ['viewer', 'operator'], scopes: operator },
    ]);
  });

  test('answers a person with roles for several publishers who has not chosen one', async () => {
    const { me } = await person([
      ['viewer', 'fabrikam'],
      ['admin', 'contoso'],
    ]);

    const answer = await me();

    expect(answer.everywhere).toBeUndefined();
    expect(answer.publishers.map(({ publisherId, roles }) => [publisherId, roles])).toEqual([
      ['contoso', ['admin']],
      ['fabrikam', ['viewer']],
    ]);
    expect(answer.isIncomplete).toBe(false);
  });

  test('answers a person whose chosen publisher does not exist any more', async () => {
    const { me } = await person([['viewer', 'contoso']]);
    const answer = await me({ 'landfall-publisher': 'gone' });
    expect(answer.publishers.map(({ publisherId }) => publisherId)).toEqual(['contoso']);
  });

  test('answers without the publishers while the service that knows them does not', async () => {
    const { me } = await person([['admin'], ['viewer', 'contoso']]);

    const answer = await me();

    expect(answer.isIncomplete).toBe(true);
    expect(answer.publishers.map(({ publisherId }) => publisherId)).toEqual(['contoso']);
    expect(answer.everywhere?.scopes).toEqual(scopes);
  });

  test('is refused to an API key, whatever its scopes are', async () => {
    const { text } = await makeKey(db, scopes);
    const headers = { authorization: `Bearer ${text}` };
    const answer = await rawRequest(gateway, '/v1/operators/me', { headers });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('session.needed');
  });

  test('is refused to a person without a role', async () => {
    const { ask } = await person([]);
    const { status, body } = await ask();
    expect(status).toBe(403);
    expect(body).toContain('session.no-role');
  });

  test('names no local marketplace unless the installation has one', async () => {
    const { me } = await person([['admin']]);
    expect((await me()).local).toBeUndefined();
  });
});

test('only a marketplace of this machine can be the local one', () => {
  const parse = (url: string) => configSchema.shape.LOCAL_MARKETPLACE_URL.safeParse(url).success;
  expect(parse('http://127.0.0.1:4410')).toBe(true);
  expect(parse('https://marketplaceapi.microsoft.com')).toBe(false);
  expect(parse('http://10.0.0.7:4410')).toBe(false);
});
