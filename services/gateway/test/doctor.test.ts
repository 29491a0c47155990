import { createServer, request, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLandfallClient } from '@landfall/client';
import { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Check } from '@landfall/contracts/doctor-procedures';
import { createRouter } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { RELEASE } from '@landfall/contracts/release';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { createOwnChecks } from '@landfall/service-kit/checks';
import { serveProcedures } from '@landfall/service-kit/rpc';
import type { Db } from '../src/db/schema.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  serveFulfillment,
  silent,
  testBus,
  type Gateway,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let db: Db;
let bus: Bus;

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  await using first = await bootGateway({ database, nats });
  expect(first.url).toBeTruthy();
  [db, bus] = await Promise.all([openGatewayDatabase(database), testBus(nats)]);
});
afterAll(async () => {
  for (const each of [db, bus, nats, database]) await each[Symbol.asyncDispose]();
});

async function clientOf(gateway: Gateway, publisherId?: string) {
  const { text } = await makeKey(db, ['health:read', 'health:write'], publisherId);
  return createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: text });
}

async function examine(gateway: Gateway) {
  return await (await clientOf(gateway)).doctor.run.query({});
}

const of = (checks: readonly Check[], name: string, service?: string) =>
  checks.find((one) => one.check === name && (service === undefined || one.service === service));

/** The answer of a release that did not name itself. */
const UNNAMED = '';

/** A worker whose machine has another time, and that counts how often it is asked. */
function serveWorker(clockOffMs = 0, release = RELEASE) {
  const asked: (string | undefined)[] = [];
  const machineNow = () => new Date(Date.now() + clockOffMs);
  const own = createOwnChecks({
    service: 'fulfillment-worker',
    machineNow,
    log: silent,
    checks: ({ publisherId }) => {
      asked.push(publisherId);
      return [
        {
          check: 'credential.token',
          publisherId: publisherId ?? 'contoso',
          run: async () => ({ severity: 'warning', finding: 'A finding.' }),
        },
        {
          check: 'fulfillment.api',
          run: async () => {
            throw new Error('secret text of a bug');
          },
        },
      ];
    },
  });
  const checks: typeof own = {
    ...own,
    run: async (input, call) => {
      const answer = await own.run(input, call);
      if (answer instanceof Rejection) return answer;
      return { ...answer, release: release === UNNAMED ? undefined : release };
    },
  };
  const router = createRouter(fulfillmentProcedures, {} as never);
  const served = serveProcedures({ owner: 'fulfillment-worker', router, bus, log: silent, checks });
  return { asked, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() };
}

test('a silent service is a finding, and the others are still reported, worst first', async () => {
  await using gateway = await bootGateway({ database, nats });
  await using _ = serveWorker();

  const { checks, worst } = await examine(gateway);

  expect(of(checks, 'service.answers', 'billing-sync')).toMatchObject({ severity: 'error' });
  expect(of(checks, 'service.answers', 'fulfillment-worker')).toMatchObject({ severity: 'ok' });
  expect(of(checks, 'credential.token')).toMatchObject({ finding: 'A finding.' });
  expect(worst).toBe('error');
  const order = ['error', 'warning', 'unknown', 'notice', 'ok'];
  const ranks = checks.map(({ severity }) => order.indexOf(severity));
  expect(ranks).toEqual(ranks.toSorted((left, right) => left - right));
});

test('a check that fails is unknown, and its error is not shown', async () => {
  await using gateway = await bootGateway({ database, nats });
  await using _ = serveWorker();
  const { checks } = await examine(gateway);
  expect(of(checks, 'fulfillment.api')).toMatchObject({ severity: 'unknown' });
  expect(JSON.stringify(checks)).not.toContain('secret text');
});

test('a service of an older version is unknown, not silent', async () => {
  await using gateway = await bootGateway({ database, nats });
  await using _ = serveFulfillment(bus, {});
  const { checks } = await examine(gateway);
  expect(of(checks, 'service.answers', 'fulfillment-worker')).toMatchObject({
    severity: 'unknown',
  });
});

test('a service of another release than the gateway is a warning, and names both', async () => {
  await using gateway = await bootGateway({ database, nats });
  await using same = serveWorker();
  expect(of((await examine(gateway)).checks, 'service.release')).toMatchObject({ severity: 'ok' });
  await same[Symbol.asyncDispose]();

  await using other = await bootGateway({ database, nats });
  await using _ = serveWorker(0, '0.2.9');
  const found = of((await examine(other)).checks, 'service.release', 'fulfillment-worker');

  expect(found).toMatchObject({
    severity: 'warning',
    details: { 'fulfillment-worker': '0.2.9', gateway: RELEASE },
  });
});

test('a service that does not name its release is older than the first that does', async () => {
  await using gateway = await bootGateway({ database, nats });
  await using _ = serveWorker(0, UNNAMED);
  const found = of((await examine(gateway)).checks, 'service.release', 'fulfillment-worker');
  expect(found).toMatchObject({ severity: 'warning' });
  expect(found?.finding).toMatch(/^fulfillment-worker runs release before 0\.3\.0/);
});

test('the clock of a service that is two minutes off is found', async () => {
  await using gateway = await bootGateway({ database, nats });
  await using _ = serveWorker(-120_000);
  const { checks } = await examine(gateway);
  const clock = of(checks, 'clock.service', 'fulfillment-worker');
  expect(clock).toMatchObject({ severity: 'error' });
  // A slow answer makes the measurement less exact.
  const found = /^The clock of fulfillment-worker is ([\d.]+) seconds behind/.exec(
    clock?.finding ?? '',
  );
  expect(Math.abs(Number(found?.[1]) - 120)).toBeLessThan(5);
});

test('concurrent callers, and those of the next seconds, share one examination', async () => {
  await using gateway = await bootGateway({ database, nats });
  await using worker = serveWorker();
  const api = await clientOf(gateway);
  await Promise.all([api.doctor.run.query({}), api.doctor.run.query({})]);
  await api.doctor.run.query({});
  expect(worker.asked).toEqual([undefined]);
});

test("a key of one publisher sees that publisher's checks, and none of the servers", async () => {
  await using gateway = await bootGateway({ database, nats });
  await using worker = serveWorker();
  const { checks } = await (await clientOf(gateway, 'contoso')).doctor.run.query({});
  expect(worker.asked).toEqual(['contoso']);
  expect(of(checks, 'credential.token')).toMatchObject({ publisherId: 'contoso' });
  const names = new Set(checks.map(({ check }) => check));
  expect([...names].toSorted()).toEqual(['credential.token', 'fulfillment.api', 'service.answers']);
});

describe('backups', () => {
  const DAY_MS = 86_400_000;
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

  test('none is a warning, an old one an error, a recent one in order once a restore was tried', async () => {
    await using gateway = await bootGateway({ database, nats });
    const api = await clientOf(gateway);
    const age = async () => {
      await using fresh = await bootGateway({ database, nats });
      return of((await examine(fresh)).checks, 'backups.age');
    };
    expect(await age()).toMatchObject({
      severity: 'warning',
      finding: 'No backup was ever recorded.',
    });

    await api.backups.record.mutate({ takenAt: ago(30) });
    expect(await age()).toMatchObject({ severity: 'error' });
    await api.backups.record.mutate({ takenAt: ago(3), note: 'pg_dump' });
    expect(await age()).toMatchObject({ severity: 'warning' });
    const last = ago(0.1);
    await api.backups.record.mutate({ takenAt: last });
    expect(await age()).toMatchObject({ severity: 'notice' });
    await api.backups.record.mutate({ takenAt: last, wasRestored: true });
    await api.backups.record.mutate({ takenAt: last });
    expect(await age()).toMatchObject({ severity: 'ok' });
  });

  test('one from the future is refused', async () => {
    await using gateway = await bootGateway({ database, nats });
    const api = await clientOf(gateway);
    await expect(api.backups.record.mutate({ takenAt: ago(-1) })).rejects.toThrow(
      'This backup would be from the future.',
    );
  });
});

describe('the public address', () => {
  test.each([
    ['https://saas.contoso.com/#/', 'error', /contains #/],
    ['https://saas.contoso.com/app', 'error', /has a path/],
    ['https://203.0.113.7', 'error', /IP address/],
    ['https://saas.contoso.invalid', 'ok', /can be entered/],
    ['http://127.0.0.1:7300', 'notice', /this machine/],
  ] as const)('%s is %s', async (url, severity, finding) => {
    await using gateway = await bootGateway({ database, nats }, { PUBLIC_URL: url });
    const check = of((await examine(gateway)).checks, 'public-url.form');
    expect(check).toMatchObject({ severity });
    expect(check?.finding).toMatch(finding);
  });

  test('over plain http is refused at the start, because API keys would be readable', async () => {
    const PUBLIC_URL = 'http://saas.contoso.com';
    await expect(bootGateway({ database, nats }, { PUBLIC_URL })).rejects.toThrow(
      'must be https, or http on a loopback host',
    );
  });

  /** Examines a gateway behind a proxy that adds these headers, with this TRUSTED_PROXIES. */
  async function behindProxy(
    headers: Record<string, string>,
    trusted: string,
    path = (url: string) => url,
  ) {
    await using landing = await startServer((_, res) => res.end('landing'));
    let target: Gateway | undefined;
    await using proxy = await startServer((req, res) => {
      const { port } = new URL(target?.url ?? '');
      const outgoing = {
        port,
        path: path(req.url ?? '/'),
        headers: { ...req.headers, ...headers },
      };
      req.pipe(
        request(outgoing, (answer) => {
          res.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(res);
        }),
      );
    });
    await using gateway = await bootGateway(
      { database, nats, landing: landing.url },
      { PUBLIC_URL: proxy.url, TRUSTED_PROXIES: trusted },
    );
    target = gateway;
    return (await examine(gateway)).checks;
  }

  test('is reachable through a proxy that is declared', async () => {
    const checks = await behindProxy({ 'x-forwarded-for': '198.51.100.1' }, '1');
    expect(of(checks, 'landing.reachable')).toMatchObject({ severity: 'ok' });
    expect(of(checks, 'proxy.headers')).toMatchObject({ severity: 'ok' });
  });

  test('a proxy that is not declared is found by its header', async () => {
    const checks = await behindProxy({ 'x-forwarded-for': '198.51.100.1' }, '0');
    expect(of(checks, 'proxy.headers')).toMatchObject({
      severity: 'error',
      nextStep: 'Set TRUSTED_PROXIES to 1, and restart the gateway.',
    });
  });

  test('more trusted proxies than there are is an error, because an address can be invented', async () => {
    const checks = await behindProxy({}, '1');
    expect(of(checks, 'proxy.headers')).toMatchObject({ severity: 'error' });
  });

  test('a proxy that rewrites the path is found', async () => {
    const checks = await behindProxy({}, '0', (url) => `/app${url}`);
    expect(of(checks, 'landing.reachable')).toMatchObject({ severity: 'error' });
  });

  test('another program at the address is unknown, not good', async () => {
    await using other = await startServer((_, res) => res.end('hello'));
    await using gateway = await bootGateway({ database, nats }, { PUBLIC_URL: other.url });
    const { checks } = await examine(gateway);
    expect(of(checks, 'landing.reachable')).toMatchObject({ severity: 'unknown' });
    expect(of(checks, 'proxy.headers')).toMatchObject({ severity: 'unknown' });
  });
});

async function startServer(
  listener: RequestListener,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
