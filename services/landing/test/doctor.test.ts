import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { ownCheckProcedures, type Check } from '@landfall/contracts/doctor-procedures';
import { connectBus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { openFixture, type Fixture } from './fixture.ts';

async function asked<Answer>(
  fixture: Fixture,
  ask: (
    own: ReturnType<typeof forwardHandlers<typeof ownCheckProcedures>>['ownChecks'],
    call: Parameters<typeof own.run>[1],
  ) => Promise<Answer>,
): Promise<Answer> {
  const log = createLogger('gateway', 'silent');
  await using bus = await connectBus({ url: fixture.natsUrl, name: 'gateway', log });
  const client = procedureClient({
    owner: 'landing',
    transport: procedureTransport(bus),
    caller: { kind: 'service', name: 'gateway' },
    correlationId: () => randomUUID(),
  });
  const { ownChecks } = forwardHandlers(ownCheckProcedures, () => client);
  return await ask(ownChecks, {
    caller: { kind: 'service', name: 'gateway' },
    correlationId: randomUUID(),
    deadline: new Date(Date.now() + PATIENCE_MS),
  });
}

async function found(fixture: Fixture, name: string, publicUrl = fixture.url): Promise<Check> {
  const answer = await asked(fixture, (own, call) => own.run({ publicUrl }, call));
  const { checks } = ownCheckProcedures.ownChecks.run.output.parse(answer);
  const check = checks.find((one) => one.check === name);
  if (!check) throw new Error(`${name} was not checked`);
  return check;
}

test('a redirect URI that Entra knows is in order', async () => {
  await using fixture = await openFixture();
  expect(await found(fixture, 'landing.redirect')).toMatchObject({ severity: 'ok' });
});

test("a redirect URI that is not registered is an error, with Entra's sentence", async () => {
  await using fixture = await openFixture({ PUBLIC_URL: 'https://saas.contoso.com' });
  const redirect = await found(fixture, 'landing.redirect');
  expect(redirect).toMatchObject({
    severity: 'error',
    details: {
      code: 'AADSTS50011',
      redirectUri: 'https://saas.contoso.com/landing/signed-in',
    },
  });
  expect(redirect.finding).toContain('The redirect URI specified in the request does not match');
});

test('a sign-in application that Entra does not know is an error', async () => {
  await using fixture = await openFixture({ LANDING_CLIENT_ID: randomUUID() });
  expect(await found(fixture, 'landing.redirect')).toMatchObject({
    severity: 'error',
    details: { code: 'AADSTS700016' },
  });
});

test('another PUBLIC_URL than that of the gateway is an error', async () => {
  await using fixture = await openFixture();
  expect(await found(fixture, 'landing.public-url')).toMatchObject({ severity: 'ok' });
  expect(await found(fixture, 'landing.public-url', 'https://saas.contoso.com')).toMatchObject({
    severity: 'error',
  });
});

test('the set-up names the redirect URI, and no secret', async () => {
  await using fixture = await openFixture();
  const answer = await asked(fixture, (own, call) => own.setup({ publicUrl: fixture.url }, call));
  const { values } = ownCheckProcedures.ownChecks.setup.output.parse(answer);
  expect(values.find(({ field }) => field === 'Redirect URIs')?.value).toBe(
    `${fixture.url}/landing/signed-in`,
  );
  expect(JSON.stringify(values)).not.toContain(fixture.emulator.identities.landingApp.clientSecret);
});
