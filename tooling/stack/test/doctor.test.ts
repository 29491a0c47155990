import { createServer, request, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkNames } from '@landfall/contracts/checks';
import { services } from '@landfall/contracts/services';
import { until } from '@landfall/servers/wait';
import { openChaosFixture, type ChaosFixture } from '../src/chaos/fixture.ts';

/** A proxy in front of the gateway, as an operator runs one. Faults are planted in it. */
interface FrontProxy extends AsyncDisposable {
  readonly url: string;
  gatewayUrl: string;
  /** Changes the headers of each request. */
  change: (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders;
}

const passOn: FrontProxy['change'] = (headers) => ({
  ...headers,
  'x-forwarded-for': '198.51.100.1',
});

async function openFrontProxy(): Promise<FrontProxy> {
  const server = createServer((req, res) => {
    const { hostname, port } = new URL(proxy.gatewayUrl);
    const { method, url, headers } = req;
    const outgoing = { hostname, port, method, path: url, headers: proxy.change(headers) };
    const forwarded = request(outgoing, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    forwarded.on('error', () => res.writeHead(502).end());
    req.pipe(forwarded);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const proxy: FrontProxy = {
    url: `http://127.0.0.1:${port}`,
    gatewayUrl: '',
    change: passOn,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return proxy;
}

let proxy: FrontProxy;
let fixture: ChaosFixture;
beforeAll(async () => {
  proxy = await openFrontProxy();
  const PUBLIC_URL = proxy.url;
  fixture = await openChaosFixture({
    workers: 1,
    settings: {
      gateway: { PUBLIC_URL, TRUSTED_PROXIES: '1' },
      landing: { PUBLIC_URL },
      'fulfillment-worker': { PUBLIC_URL },
    },
  });
  proxy.gatewayUrl = fixture.services.find(({ name }) => name === 'gateway')?.url ?? '';
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});
beforeEach(async () => {
  proxy.change = passOn;
  await fixture.client.control.clearFaults();
});

const examine = () => fixture.client.api.doctor.run.query({});
type Examination = Awaited<ReturnType<typeof examine>>;
type Check = Examination['checks'][number];

/** Checks that every service makes of its own servers. */
const OWN_CHECKS: ReadonlySet<string> = new Set([
  'postgres.schema',
  'nats.streams',
  'clock.postgres',
]);

/** Examines until a check has this severity, because callers within seconds share one examination. */
async function untilFound(name: string, severity: string) {
  let last: Examination | undefined;
  await until(`${name} is ${severity}`, async () => {
    last = await examine();
    return last.checks.some((one) => one.check === name && one.severity === severity);
  });
  return last?.checks.find((one) => one.check === name && one.severity === severity);
}

test('a healthy system has no error, and every check was made', async () => {
  // On a busy machine, a check can take longer than the doctor waits.
  const { checks } = await until('every own check was made in time', async () => {
    const found = await examine();
    const isBad = ({ severity, check }: Check) =>
      severity === 'error' || (severity === 'unknown' && OWN_CHECKS.has(check));
    return found.checks.some(isBad) ? undefined : found;
  });

  expect(new Set(checks.map(({ check }) => check))).toEqual(new Set(Object.keys(checkNames)));
  for (const { name } of services) {
    for (const check of OWN_CHECKS) {
      const own = checks.find((one) => one.service === name && one.check === check);
      expect(own, `${name}: ${check}`).toMatchObject({ severity: 'ok' });
    }
  }
  for (const { publisherId } of fixture.client.stack.publishers) {
    const arrived = checks.find(
      (one) => one.check === 'webhook.reachable' && one.publisherId === publisherId,
    );
    expect(arrived).toMatchObject({
      severity: 'ok',
      finding: "A call with a token like Microsoft's arrived at the webhook.",
    });
  }
});

test('no finding contains a token, a secret or an address of a person', async () => {
  const text = JSON.stringify(await examine());
  expect(text).not.toContain('eyJ');
  expect(text).not.toContain(fixture.client.stack.operatorApiKey);
  for (const { email, objectId } of fixture.client.stack.people) {
    expect(text).not.toContain(email);
    expect(text).not.toContain(objectId);
  }
});

test('a proxy that removes the Authorization header is found, and its repair as well', async () => {
  proxy.change = (headers) => {
    const passed = passOn(headers);
    delete passed.authorization;
    return passed;
  };
  const dropped = await untilFound('webhook.reachable', 'error');
  expect(dropped?.finding).toBe(
    'The call arrived at the webhook without its Authorization header.',
  );

  proxy.change = passOn;
  await untilFound('webhook.reachable', 'ok');
});

test('the probes of the webhook raise no alert about refused callers', async () => {
  await examine();
  const { firing } = await fixture.client.api.alerts.list.query({});
  expect(firing.filter(({ alert }) => alert === 'WebhookCallersRefused')).toEqual([]);
});

test('a clock that is minutes behind that of Entra is found', async () => {
  const { control } = fixture.client;
  await control.addFault({
    endpoint: 'keys',
    status: 200,
    body: { keys: [] },
    headers: { date: new Date(Date.now() + 180_000).toUTCString() },
  });
  // The date stays the same, so the difference shrinks until the examination.
  const clock = await untilFound('clock.entra', 'error');
  expect(clock?.finding).toMatch(/^The service's clock is 1\d\d\.\d seconds behind/);
});

test('a secret that Entra no longer accepts is found while the old token still works', async () => {
  const { control } = fixture.client;
  await control.addFault({
    endpoint: 'token',
    status: 401,
    body: {
      error: 'invalid_client',
      error_description: 'AADSTS7000215: Invalid client secret provided.',
      error_codes: [7000215],
    },
  });
  const token = await untilFound('credential.token', 'error');
  expect(token).toMatchObject({
    finding: 'Microsoft Entra ID refused the credential: Invalid client secret provided.',
    details: { code: 'AADSTS7000215' },
  });
});

test('a service that hangs is a finding, and the others are still examined', async () => {
  const billing = fixture.services.find(({ name }) => name === 'billing-sync');
  billing?.kill('SIGSTOP');
  try {
    const silent = await untilFound('service.answers', 'error');
    expect(silent).toMatchObject({ service: 'billing-sync' });
    expect((await examine()).checks.map(({ check }) => check)).toContain('fulfillment.api');
  } finally {
    billing?.kill('SIGCONT');
  }
});

test('the set-up has the landing page of each publisher, without #, and the redirect URI', async () => {
  const { installation, publishers } = await fixture.client.api.doctor.setup.query({});
  expect(publishers.map(({ publisherId }) => publisherId)).toEqual(
    fixture.client.stack.publishers.map(({ publisherId }) => publisherId),
  );
  for (const { publisherId, values } of publishers) {
    const page = values.find(({ field }) => field === 'Landing page URL')?.value;
    expect([`${proxy.url}/landing`, `${proxy.url}/landing/p/${publisherId}`]).toContain(page);
    expect(page).not.toContain('#');
  }
  const redirect = installation.find(({ field }) => field === 'Redirect URIs');
  expect(redirect?.value).toBe(`${proxy.url}/landing/signed-in`);
});
