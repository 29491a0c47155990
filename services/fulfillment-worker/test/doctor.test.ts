import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ownCheckProcedures, type Check } from '@landfall/contracts/doctor-procedures';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { PATIENCE_MS } from '@landfall/config/patience';
import { openFixture, subscribed, type Fixture } from './fixture.ts';

/** An address where no program listens. The system never assigns this port to a program that asks for any free port. */
const UNUSED_ADDRESS = 'http://127.0.0.1:2';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

function ownChecks() {
  const client = procedureClient({
    owner: 'fulfillment-worker',
    transport: procedureTransport(fixture.bus),
    caller: { kind: 'service', name: 'gateway' },
    correlationId: () => randomUUID(),
  });
  return forwardHandlers(ownCheckProcedures, () => client).ownChecks;
}

const call = () => ({
  caller: { kind: 'service', name: 'gateway' } as const,
  correlationId: randomUUID(),
  deadline: new Date(Date.now() + PATIENCE_MS),
});

async function examine(publicUrl = UNUSED_ADDRESS): Promise<readonly Check[]> {
  const answer = await ownChecks().run({ publicUrl }, call());
  return ownCheckProcedures.ownChecks.run.output.parse(answer).checks;
}

async function found(name: string, publicUrl?: string): Promise<Check> {
  const check = (await examine(publicUrl)).find((one) => one.check === name);
  if (!check) throw new Error(`${name} was not checked`);
  return check;
}

test('a healthy worker has no finding, except the webhook and the disks of the tests', async () => {
  await fixture.boot({
    FULFILLMENT_CREDENTIAL_EXPIRES: new Date('2099-01-01'),
    PUBLIC_URL: UNUSED_ADDRESS,
  });
  await subscribed(fixture);

  const checks = await examine();

  expect(checks.filter(({ severity }) => severity !== 'ok').map((one) => one.check)).toEqual([
    // The servers of the tests do not write to the disk at each commit.
    'postgres.durability',
    'webhook.reachable',
  ]);
  const { clientId, clientSecret } = fixture.emulator.identities.fulfillmentApp;
  expect(checks.find(({ check }) => check === 'credential.token')?.details).toMatchObject({
    tenant: fixture.emulator.identities.publisher.tenantId,
    appid: clientId,
    audience: '20e940b3-4c77-4b0b-9a53-9e16a1b010a7',
  });
  const text = JSON.stringify(checks);
  expect(text).not.toContain(clientSecret);
  expect(text).not.toContain('eyJ');
  expect(text).not.toContain('@');
});

test('the doctor changes nothing at Microsoft', async () => {
  await fixture.boot();
  await subscribed(fixture);
  const before = await fixture.control.state();
  await examine();
  expect((await fixture.control.state()).subscriptions).toEqual(before.subscriptions);
});

describe('the credential', () => {
  test("a wrong secret is found, with Entra's sentence and what to do", async () => {
    await fixture.boot({ FULFILLMENT_CLIENT_SECRET: 'the-id-of-the-secret' });

    const checks = await examine();

    const token = checks.find(({ check }) => check === 'credential.token');
    expect(token).toMatchObject({ severity: 'error', details: { code: 'AADSTS7000215' } });
    expect(token?.finding).toContain('Invalid client secret provided.');
    expect(token?.nextStep).toContain('Copy its Value');
    expect(checks.find(({ check }) => check === 'fulfillment.api')).toMatchObject({
      severity: 'unknown',
      nextStep: 'Repair what credential.token reports.',
    });
    expect(JSON.stringify(checks)).not.toContain('the-id-of-the-secret');
  });

  test('a secret that was revoked is found while the worker still has a token', async () => {
    await fixture.boot();
    await subscribed(fixture);
    // The doctor has a token of its own as well, which it must not use again.
    expect(await found('credential.token')).toMatchObject({ severity: 'ok' });
    await fixture.control.addFault({
      endpoint: 'token',
      status: 401,
      body: {
        error: 'invalid_client',
        error_description:
          "AADSTS7000222: The provided client secret keys for app 'x' are expired. Trace ID: 0b2d7c4e-5a31-4f6e-9d18-2c7f3e6a9b40 Correlation ID: y",
        error_codes: [7000222],
      },
    });

    const token = await found('credential.token');

    expect(token).toMatchObject({
      severity: 'error',
      finding:
        "Microsoft Entra ID refused the credential: The provided client secret keys for app 'x' are expired.",
      cause: 'The client secret has expired.',
      details: { code: 'AADSTS7000222', traceId: '0b2d7c4e-5a31-4f6e-9d18-2c7f3e6a9b40' },
    });
  });

  test('an application without service principal is named as the cause', async () => {
    await fixture.control.addFault({
      endpoint: 'token',
      status: 400,
      body: {
        error: 'unauthorized_client',
        error_description: 'AADSTS7000229: The client application is missing service principal.',
        error_codes: [7000229],
      },
    });
    await fixture.boot();
    const token = await found('credential.token');
    expect(token.cause).toBe('The application has no service principal in the tenant.');
  });

  test('its last days are counted, and an unknown end is not a good one', async () => {
    await fixture.boot();
    expect(await found('credential.expiry')).toMatchObject({ severity: 'unknown' });
  });

  test('a week before its end is an error', async () => {
    const inFiveDays = new Date(Date.now() + 5.5 * 86_400_000);
    await fixture.boot({ FULFILLMENT_CREDENTIAL_EXPIRES: inFiveDays });
    expect(await found('credential.expiry')).toMatchObject({
      severity: 'error',
      finding: 'The credential expires in 5 days.',
    });
  });
});

test("a refusal of the API is shown with Microsoft's sentence and request id", async () => {
  await fixture.boot();
  await fixture.control.addFault({
    endpoint: 'list',
    status: 403,
    body: { error: { code: 'Forbidden', message: 'The publisher account is not enrolled.' } },
  });
  const api = await found('fulfillment.api');
  expect(api).toMatchObject({
    severity: 'error',
    finding: 'Microsoft answered 403: The publisher account is not enrolled.',
  });
  expect(api.details?.['requestId']).toMatch(/^[\da-f-]{36}$/);
});

describe('offers', () => {
  test('without any subscription the plans are unknown, not good', async () => {
    await fixture.boot();
    expect(await found('offers.plans')).toMatchObject({ severity: 'unknown' });
  });

  test('an offer whose plans Microsoft refuses to show is named', async () => {
    await fixture.boot();
    await subscribed(fixture);
    await fixture.control.addFault({ endpoint: 'plans', status: 403 });
    const plans = await found('offers.plans');
    expect(plans).toMatchObject({ severity: 'error' });
    expect(plans.finding).toMatch(/^The plans of [\w-]+ cannot be read\. Microsoft answered 403/);
  });

  test('settings for an offer that was never sold are found', async () => {
    await fixture.boot();
    await fixture.db.pool.query(
      `insert into settings (publisher_id, offer_id, content) values ('contoso', 'contosso-projects', '{}')`,
    );
    expect(await found('offers.known')).toMatchObject({
      severity: 'warning',
      details: { offers: 'contosso-projects' },
    });
  });
});

describe('clocks', () => {
  test('a worker that is two minutes behind is found by PostgreSQL and by Entra', async () => {
    const machineNow = () => new Date(Date.now() - 120_000);
    await fixture.boot({}, undefined, { machineNow });

    const checks = await examine();

    // The answers may have been under way for some seconds, which make the difference smaller.
    for (const name of ['clock.postgres', 'clock.entra']) {
      const clock = checks.find(({ check }) => check === name);
      expect(clock).toMatchObject({ severity: 'error' });
      expect(clock?.finding).toMatch(/is 1(1\d|20)\.\d seconds behind/);
    }
  });

  test('the clock of the marketplace emulator, which is moved on purpose, is not compared', async () => {
    await fixture.boot({}, () => new Date(Date.now() + 86_400_000), {
      machineNow: () => new Date(),
    });
    expect(await found('clock.postgres')).toMatchObject({ severity: 'ok' });
  });
});

describe('the webhook through PUBLIC_URL', () => {
  const answering = (listener: RequestListener) => startServer(listener);

  test('is called with a token for the own application, and with nothing to act on', async () => {
    await fixture.boot();
    const calls: { authorization: string | undefined; url: string | undefined; body: string }[] =
      [];
    await using proxy = await answering((req, res) => {
      const { authorization } = req.headers;
      void bodyOf(req).then((body) => {
        calls.push({ authorization, url: req.url, body });
        res.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      });
    });
    await found('webhook.reachable', `${proxy.url}/`);
    expect(calls).toEqual([
      { url: '/webhook', body: '{}', authorization: expect.stringMatching(/^Bearer eyJ/) },
    ]);
  });

  test.each([
    [404, {}, /rewrites the path/],
    [302, { location: 'https://www.example.com/?secret=1' }, /redirects/],
    [403, {}, /firewall/],
    [405, {}, /does not pass POST/],
    [200, {}, /Another program/],
    [502, {}, /cannot be reached/],
    [401, { 'www-authenticate': 'Basic realm="proxy"' }, /protects the address/],
    [401, { 'www-authenticate': 'Bearer error="invalid_token"' }, /another tenant/],
  ] as const)('an answer %i %o is explained', async (status, headers, cause) => {
    await fixture.boot();
    await using proxy = await answering((_, res) => res.writeHead(status, headers).end());
    const check = await found('webhook.reachable', proxy.url);
    expect(check).toMatchObject({ severity: 'error' });
    expect(check.cause).toMatch(cause);
    expect(check.nextStep).toBeTruthy();
    expect(JSON.stringify(check)).not.toContain('secret=1');
  });

  test.each([
    [UNUSED_ADDRESS, `Nothing listens at ${new URL(UNUSED_ADDRESS).host}.`],
    ['http://no-such-host.invalid', 'The name no-such-host.invalid does not resolve.'],
  ])('%s is told apart: %s', async (url, finding) => {
    await fixture.boot();
    expect(await found('webhook.reachable', url)).toMatchObject({ severity: 'error', finding });
  });

  test('an invalid certificate is distinguished from an address that does not answer', async () => {
    await fixture.boot();
    await using server = await answering((_, res) => res.end());
    // A server without TLS breaks the handshake, as a proxy with a wrong configuration does.
    const check = await found('webhook.reachable', server.url.replace('http:', 'https:'));
    expect(check.finding).toMatch(/^The TLS certificate of/);
  });
});

test('the set-up has the values of Partner Center, and no secret', async () => {
  await fixture.boot();
  const { values } = ownCheckProcedures.ownChecks.setup.output.parse(
    await ownChecks().setup({ publicUrl: 'https://saas.contoso.com' }, call()),
  );
  expect(values.map(({ field, value }) => [field, value])).toEqual(
    expect.arrayContaining([
      ['Landing page URL', 'https://saas.contoso.com/landing'],
      ['Connection webhook', 'https://saas.contoso.com/webhook'],
      ['Microsoft Entra tenant ID', fixture.emulator.identities.publisher.tenantId],
      ['Microsoft Entra application ID', fixture.emulator.identities.fulfillmentApp.clientId],
    ]),
  );
  expect(JSON.stringify(values)).not.toContain(
    fixture.emulator.identities.fulfillmentApp.clientSecret,
  );
});

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

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

test.each([
  [undefined, 'notice', 'Notices have no links'],
  ['https://old.contoso.example', 'warning', 'Notices link to https://old.contoso.example'],
])(
  'a worker with the PUBLIC_URL %s gets a %s about the links in notices',
  async (PUBLIC_URL, severity, finding) => {
    await fixture.boot({ PUBLIC_URL });

    expect(await found('notices.links')).toMatchObject({
      severity,
      finding: expect.stringContaining(finding) as string,
      nextStep: expect.stringContaining(`PUBLIC_URL=${UNUSED_ADDRESS}`) as string,
    });
  },
);
