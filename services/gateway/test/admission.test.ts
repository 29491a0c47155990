import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { publicProcedures } from '@landfall/contracts/api';
import type { Procedures } from '@landfall/contracts/procedures';
import { bodyRoute, restRoute } from '@landfall/contracts/rest-routes';
import { scopes } from '@landfall/contracts/scopes';
import { operatorRoles, roleDefinitions, type OperatorRole } from '@landfall/contracts/roles';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import type { Bus } from '@landfall/service-kit/bus';
import type { Db } from '../src/db/schema.ts';
import { createOperatorSessions } from '../src/operators/sessions.ts';
import { putRole } from '../src/store/operators.ts';
import { endSessionsOf } from '../src/store/sessions.ts';
import { revokeKey } from '../src/store/keys.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveBilling,
  serveFulfillment,
  serveIngest,
  silent,
  testBus,
  type Gateway,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;
let bus: Bus;
let owners: AsyncDisposable[];
let reached: unknown[];

/** Every owner records what reaches it. In the refusals below, nothing may. */
beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
  [db, bus] = await Promise.all([openGatewayDatabase(database), testBus(nats)]);
  owners = [
    serveFulfillment(bus, {
      subscriptions: {
        list: async (input, { caller }) => {
          reached.push({ input, caller });
          return { items: [] };
        },
        cancel: async () => ({ changeId: randomUUID(), state: 'requested' }),
      },
    }),
    serveBilling(bus, {}),
    serveIngest(bus, {}),
  ];
});

beforeEach(() => {
  reached = [];
});

afterAll(async () => {
  for (const part of [gateway, ...owners, bus, db, nats, database]) {
    await part[Symbol.asyncDispose]();
  }
});

const tenantId = '3f8c1f0e-6a52-4d0b-9a7e-52c9d1b7e640';
let people = 0;

/** A signed-in person with these roles, as [role, publisher]. */
async function signedIn(...roles: readonly (readonly [OperatorRole, string?])[]) {
  people += 1;
  const objectId = `00000000-0000-4000-8000-${String(people).padStart(12, '0')}`;
  for (const [role, publisherId] of roles) {
    await putRole(db, { tenantId, objectId, role, publisherId, createdBy: 'test', at: new Date() });
  }
  const sessions = createOperatorSessions({ db, log: silent, now: () => new Date() });
  const token = await sessions.begin({ tenantId, objectId });
  return { tenantId, objectId, cookie: `__Host-landfall-console=${token}` };
}

const ownPage = { 'sec-fetch-site': 'same-origin' };
const command = { ...ownPage, 'landfall-console': '1' };

async function list(headers: Record<string, string>, input: object = {}) {
  const query = encodeURIComponent(JSON.stringify(input));
  const answer = await rawRequest(gateway, `/trpc/subscriptions.list?input=${query}`, { headers });
  return { status: answer.status, body: answer.body };
}

describe('a session', () => {
  test('of a person with a role may do what the role includes, and no more', async () => {
    const viewer = await signedIn(['viewer']);
    expect(await list({ cookie: viewer.cookie, ...ownPage })).toMatchObject({ status: 200 });
    expect(reached).toMatchObject([{ caller: { kind: 'operator', objectId: viewer.objectId } }]);
    const answer = await rawRequest(gateway, '/trpc/keys.list?input=%7B%7D', {
      headers: { cookie: viewer.cookie, ...ownPage },
    });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('Your role does not include the scope keys:read');
  });

  test('for one publisher is limited to it without a choice', async () => {
    const { cookie } = await signedIn(['viewer', 'contoso']);
    expect(await list({ cookie, ...ownPage })).toMatchObject({ status: 200 });
    expect(reached).toMatchObject([{ input: { publisherId: 'contoso' } }]);
    expect((await list({ cookie, ...ownPage }, { publisherId: 'fabrikam' })).status).toBe(404);
  });

  test('for several publishers must choose one, by header or input', async () => {
    const { cookie } = await signedIn(['viewer', 'contoso'], ['viewer', 'litware']);
    const unchosen = await list({ cookie, ...ownPage });
    expect(unchosen.status).toBe(403);
    expect(unchosen.body).toContain('publisher.choose');
    expect(unchosen.body).toContain('contoso, litware');
    expect(reached).toEqual([]);
    await list({ cookie, ...ownPage, 'landfall-publisher': 'litware' });
    await list({ cookie, ...ownPage }, { publisherId: 'contoso' });
    expect(reached).toMatchObject([
      { caller: { publisherId: 'litware' }, input: { publisherId: 'litware' } },
      { caller: { publisherId: 'contoso' }, input: { publisherId: 'contoso' } },
    ]);
    const both = { cookie, ...ownPage, 'landfall-publisher': 'litware' };
    expect((await list(both, { publisherId: 'contoso' })).status).toBe(404);
  });

  test("leaves a refused call in the log of the person's publisher, and never in another's", async () => {
    const { cookie, objectId } = await signedIn(['viewer', 'contoso']);
    await list({ cookie, ...ownPage }, { publisherId: 'fabrikam' });
    await rawRequest(gateway, '/trpc/policies.put', {
      method: 'POST',
      headers: { cookie, ...command, 'content-type': 'application/json' },
      body: '{}',
    });
    const entries = () =>
      db.kysely
        .selectFrom('auditEntries')
        .select(['procedure', 'publisherId', 'outcome'])
        .where('actor', '=', `operator ${tenantId}/${objectId}`)
        .orderBy('sequence')
        .execute();
    await until('both are written', async () => (await entries()).length === 2);
    expect(await entries()).toEqual([
      { procedure: 'subscriptions.list', publisherId: null, outcome: 'publisher.not-found' },
      { procedure: 'policies.put', publisherId: 'contoso', outcome: 'FORBIDDEN' },
    ]);
  });

  test('that acts for another publisher gets no answer that was kept for the first one', async () => {
    const { cookie } = await signedIn(['operator', 'contoso'], ['operator', 'litware']);
    const cancelFor = (publisherId: string) =>
      rawRequest(gateway, '/v1/subscriptions/contoso-1/cancel', {
        method: 'POST',
        headers: {
          cookie,
          ...command,
          'content-type': 'application/json',
          'landfall-publisher': publisherId,
          'idempotency-key': 'one-key',
        },
        body: JSON.stringify({ approvedBy: 'CHG-1' }),
      });
    await cancelFor('contoso');
    const other = await cancelFor('litware');
    expect(other.body).toContain('idempotency.reused');
  });

  test('has the scopes of a role for one publisher only there', async () => {
    const { cookie } = await signedIn(['viewer'], ['admin', 'contoso']);
    const keysOf = (headers: object) =>
      rawRequest(gateway, '/trpc/keys.list?input=%7B%7D', {
        headers: { cookie, ...ownPage, ...headers },
      });
    expect((await keysOf({})).status).toBe(403);
    expect((await keysOf({ 'landfall-publisher': 'litware' })).status).toBe(403);
    expect((await keysOf({ 'landfall-publisher': 'contoso' })).status).toBe(200);
  });

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling domain', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { ...ownPage, origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['an unknown place', {}],
  ])('cannot be used from %s', async (_place, headers) => {
    const { cookie } = await signedIn(['admin']);
    const answer = await list({ cookie, ...headers });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('session.foreign-origin');
    expect(reached).toEqual([]);
  });

  test('sends commands only with the header that forms cannot send', async () => {
    const { cookie } = await signedIn(['admin']);
    const create = (headers: object) =>
      rawRequest(gateway, '/trpc/keys.create', {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ label: 'x', scopes: ['usage:read'] }),
      });
    expect((await create({ origin: 'http://127.0.0.1' })).status).toBe(403);
    expect((await create(ownPage)).status).toBe(403);
    expect((await create(command)).status).toBe(200);
  });

  test('of a person whose role or sessions end is refused within two seconds', async () => {
    const person = await signedIn(['viewer']);
    const headers = { cookie: person.cookie, ...ownPage };
    expect((await list(headers)).status).toBe(200);
    await endSessionsOf(db, person);
    const endedAt = Date.now();
    let lastAdmittedAt = endedAt;
    await until('it is refused', async () => {
      const askedAt = Date.now();
      if ((await list(headers)).status === 401) return true;
      lastAdmittedAt = askedAt;
      return false;
    });
    expect(lastAdmittedAt - endedAt).toBeLessThanOrEqual(2_000);
  });

  test('ends after an hour without use, and after twelve hours in any case', async () => {
    let now = new Date('2026-11-20T08:00:00Z');
    const sessions = createOperatorSessions({ db, log: silent, now: () => now });
    const person = { tenantId, objectId: '00000000-0000-4000-8000-0000000000ff' };
    const later = (minutes: number) => {
      now = new Date(now.getTime() + minutes * 60_000);
    };
    const idle = await sessions.begin(person);
    const used = await sessions.begin(person);
    later(59);
    expect(await sessions.find(used)).toBeDefined();
    later(2);
    expect(await sessions.find(idle)).toBeUndefined();
    for (let hour = 1; hour < 11; hour += 1) {
      await until('the last use is stored', async () => {
        const [row] = await db.kysely
          .selectFrom('operatorSessions')
          .selectAll()
          .where('objectId', '=', person.objectId)
          .orderBy('lastSeenAt', 'desc')
          .execute();
        return row !== undefined && now.getTime() - row.lastSeenAt.getTime() < 60 * 60_000;
      });
      expect(await sessions.find(used)).toBeDefined();
      later(58);
    }
    later(120);
    expect(await sessions.find(used)).toBeUndefined();
  });
});

const procedures = Object.entries(publicProcedures as Procedures).flatMap(([namespace, specs]) =>
  Object.entries(specs).map(([name, spec]) => ({
    path: `${namespace}.${name}`,
    namespace,
    name,
    spec,
  })),
);

describe('every public procedure, over tRPC and REST', () => {
  /** The same call over both, with an empty input: who is calling is decided before the input is read. */
  async function callBoth(
    { path, namespace, name, spec }: (typeof procedures)[number],
    headers: Record<string, string>,
  ) {
    const isCommand = spec.kind === 'command';
    const routes = [restRoute(namespace, name, spec), bodyRoute(spec)].filter(
      (one) => one !== undefined,
    );
    const json = { ...headers, 'content-type': 'application/json' };
    return Promise.all([
      isCommand
        ? rawRequest(gateway, `/trpc/${path}`, { method: 'POST', headers: json, body: '{}' })
        : rawRequest(gateway, `/trpc/${path}?input=%7B%7D`, { headers }),
      ...routes.map((route) =>
        rawRequest(
          gateway,
          route.path.replaceAll(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000'),
          {
            method: route.method.toUpperCase(),
            headers: route.isBodiless ? headers : json,
            body: route.isBodiless ? undefined : '{}',
          },
        ),
      ),
    ]);
  }

  test.each(procedures)('$path is refused to everyone who may not call it', async (procedure) => {
    const { scope } = procedure.spec;
    const needed = scopes.filter((one) => one === scope);
    const [expired, revoked, other, gone] = await Promise.all([
      makeKey(db, needed),
      makeKey(db, needed),
      makeKey(db, scope === 'usage:read' ? ['tasks:read'] : ['usage:read']),
      signedIn(['admin']),
    ]);
    await db.kysely
      .updateTable('apiKeys')
      .set({ expiresAt: new Date() })
      .where('id', '=', expired.id)
      .execute();
    await revokeKey(db, revoked.id, new Date());
    await endSessionsOf(db, gone);
    const roleless = await signedIn();
    const bearer = ({ text }: { text: string }) => ({ authorization: `Bearer ${text}` });
    const wrong = { text: `lf_${other.id}_${'x'.repeat(43)}` };
    const cases: readonly (readonly [string, Record<string, string>, number])[] = [
      ['no key', {}, 401],
      ['a wrong key', bearer(wrong), 401],
      ['an expired key', bearer(expired), 401],
      ['a revoked key', bearer(revoked), 401],
      ...(needed.length === 0 ? [] : [['a key without the scope', bearer(other), 403] as const]),
      ['an ended session', { cookie: gone.cookie, ...command }, 401],
      ['a session without a role', { cookie: roleless.cookie, ...command }, 403],
    ];
    for (const [who, headers, status] of cases) {
      const answers = await callBoth(procedure, headers);
      expect(new Set(answers.map(statusOf)), who).toEqual(new Set([status]));
    }
    expect(reached).toEqual([]);
  });

  /** A stream that is open does not end by itself. The tests of live events read them. */
  const ending = procedures.filter(({ spec }) => spec.kind !== 'stream');

  test.each(ending)('$path is open to exactly the roles that include its scope', async (one) => {
    for (const role of operatorRoles) {
      const { cookie } = await signedIn([role]);
      const statuses = (await callBoth(one, { cookie, ...command })).map(statusOf);
      const { scope } = one.spec;
      const isAllowed =
        scope === 'any' || roleDefinitions[role].scopes.some((held) => held === scope);
      // An allowed call fails later, because its input is empty or its owner has no such handler here.
      const isRefused = statuses.map((status) => status === 401 || status === 403);
      expect(new Set(isRefused), role).toEqual(new Set([!isAllowed]));
    }
  });
});

/** tRPC begins every stream with 200 and sends a refusal as its only event. */
function statusOf({ status, body }: { readonly status: number; readonly body: string }): number {
  const [, refusal] = /^event: serialized-error\ndata: .*"httpStatus":(\d+)/m.exec(body) ?? [];
  return refusal === undefined ? status : Number(refusal);
}
