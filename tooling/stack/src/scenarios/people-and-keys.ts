import { until } from '@landfall/servers/wait';
import { Buyer, type Page } from '../fixture/buyer.ts';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import type { Scenario } from './scenario.ts';

/** `keys.revoke` promises two seconds; the rest is for a busy machine. */
const REVOKED_WITHIN_MS = 5_000;

export const invitedAdmin: Scenario = {
  name: 'people and keys',
  guarantee:
    'A person who was invited makes a key, which can do what was chosen and no more, until it is revoked',
  async play(fixture) {
    const { client } = fixture;
    const admin = new Buyer(client.person('nils'));
    const home = await fixture.step('an invited person signs in and is an admin', () =>
      acceptInvitation(fixture, admin),
    );
    const key = await fixture.step('the admin makes a key for reading on the console', async () => {
      const form = { label: 'the demo', preset: 'viewer', days: '1' };
      const made = await admin.submit(home, '/console/access/keys', form);
      expectThat(made.status === 201, `the key is made (HTTP ${made.status})`);
      return /lf_[\w-]{40,}/.exec(made.html.toString())?.[0] ?? '';
    });
    const keyId = key.split('_')[1] ?? '';
    await fixture.step('the key lists subscriptions over REST, and can change nothing', () =>
      expectReadsOnly(fixture, key),
    );
    await fixture.step('the audit log shows the key, its maker and the refusal', () =>
      expectAudited(fixture, keyId),
    );
    await fixture.step('the chain of the audit log is intact', async () => {
      const { isIntact, brokenAt } = await client.api.audit.verify.query({});
      expectThat(isIntact, `no entry was changed (${brokenAt})`);
    });
    await fixture.step(
      'revoked on the console, the key stops within seconds',
      async () => {
        await admin.submit(home, '/console/access/keys/revoke', { keyId });
        const startedAt = performance.now();
        await until('the key is refused', async () => {
          const { status } = await call(fixture, key, 'GET', '/v1/me');
          return status === 401 ? true : undefined;
        });
        const took = performance.now() - startedAt;
        expectThat(took < REVOKED_WITHIN_MS, `it took ${Math.round(took)} ms`);
        return took;
      },
      (took) => `${Math.round(took)} ms`,
    );
  },
};

/** Returns the console's page of keys and people. */
async function acceptInvitation({ client }: ScenarioFixture, person: Buyer): Promise<Page> {
  const { url } = await client.api.operators.invite.mutate({ role: 'admin' });
  const { href, hash } = new URL(url);
  const invitation = hash.slice(1);
  const page = await person.open(href.replace(hash, ''));
  const atEntra = await person.submit(page, '/console/invitation', { invitation });
  await person.open(atEntra.url);
  const home = await person.open(new URL('/console/access', client.stack.gatewayUrl).href);
  const roles = home.html.querySelector('.account')?.text ?? '';
  expectThat(roles.includes('admin (all publishers)'), `the console names the role: ${roles}`);
  return home;
}

async function expectReadsOnly(fixture: ScenarioFixture, key: string): Promise<void> {
  const list = await call(fixture, key, 'GET', '/v1/subscriptions?limit=1');
  expectThat(list.status === 200, `the list is answered 200 (${list.status})`);
  const cancel = await call(
    fixture,
    key,
    'POST',
    `/v1/subscriptions/${crypto.randomUUID()}/cancel`,
  );
  expectThat(cancel.status === 403, `a cancellation is answered 403 (${cancel.status})`);
  const keys = await call(fixture, key, 'GET', '/v1/keys');
  expectThat(keys.status === 403, `the list of keys is answered 403 (${keys.status})`);
}

async function expectAudited({ client }: ScenarioFixture, keyId: string): Promise<void> {
  const { audit, keys } = client.api;
  const { items: made } = await keys.list.query({ limit: 200 });
  const maker = made.find(({ id }) => id === keyId)?.createdBy;
  expectThat(maker?.startsWith('operator ') === true, `the key names its maker (${maker})`);
  const { items } = await audit.list.query({ actor: maker, procedure: 'keys.create' });
  const isShown = items.some(({ after }) => JSON.stringify(after).includes(keyId));
  expectThat(isShown, 'the entry of its maker shows the key');
  await until('the refusal is in the audit log', async () => {
    const ofKey = { actor: `key ${keyId}`, procedure: 'subscriptions.cancel' };
    const { items: refused } = await audit.list.query(ofKey);
    return refused.length > 0 ? true : undefined;
  });
}

/** A call of the API over plain HTTP, as curl makes it. */
function call(
  { client }: ScenarioFixture,
  key: string,
  method: 'GET' | 'POST',
  path: string,
): Promise<Response> {
  return fetch(new URL(path, client.stack.gatewayUrl), {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: JSON.stringify({ approvedBy: 'the demo' }) } : {}),
  });
}
