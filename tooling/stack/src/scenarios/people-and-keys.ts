import { keyProcedures } from '@landfall/contracts/key-procedures';
import { roleDefinitions } from '@landfall/contracts/roles';
import { until } from '@landfall/servers/wait';
import { Buyer } from '../fixture/buyer.ts';
import { acceptInvitation, bearer, callRest, sessionOf } from '../fixture/rest-calls.ts';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import type { Scenario } from './scenario.ts';

/** `keys.revoke` promises two seconds. The clocks of two processes may be a moment apart. */
const REVOKED_WITHIN_MS = 2_100;

export const invitedAdmin: Scenario = {
  name: 'people and keys',
  guarantee:
    'A person who was invited makes a key, which can do what was chosen and no more, until it is revoked',
  async play(fixture) {
    const { client } = fixture;
    const admin = new Buyer(client.person('nils'));
    await fixture.step('an invited person signs in and is an admin', () =>
      acceptInvitation(client, admin),
    );
    const session = sessionOf(client, admin);
    const key = await fixture.step('the admin makes a key for reading', async () => {
      const { scopes } = roleDefinitions.viewer;
      const wanted = { label: 'the demo', scopes, expiresInDays: 1 };
      const made = await callRest(client, session, 'POST /v1/keys', wanted);
      expectThat(made.status === 200, `the key is made (HTTP ${made.status})`);
      return keyProcedures.keys.create.output.parse(await made.json()).secret;
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
      'the admin revokes the key, and it stops within seconds',
      async () => {
        const revoked = await callRest(client, session, `POST /v1/keys/${keyId}/revoke`, {});
        expectThat(revoked.status === 200, `the key is revoked (HTTP ${revoked.status})`);
        const startedAt = performance.now();
        let lastAdmittedAt = startedAt;
        await until('the key is refused', async () => {
          const askedAt = performance.now();
          const { status } = await callRest(client, bearer(key), 'GET /v1/me');
          if (status === 401) return true;
          lastAdmittedAt = askedAt;
          return undefined;
        });
        const worked = lastAdmittedAt - startedAt;
        expectThat(
          worked <= REVOKED_WITHIN_MS,
          `the revoked key worked for ${Math.round(worked)} ms`,
        );
        return performance.now() - startedAt;
      },
      (took) => `${Math.round(took)} ms`,
    );
  },
};

async function expectReadsOnly({ client }: ScenarioFixture, key: string): Promise<void> {
  const list = await callRest(client, bearer(key), 'GET /v1/subscriptions?limit=1');
  expectThat(list.status === 200, `the list is answered 200 (${list.status})`);
  const cancelPath = `/v1/subscriptions/${crypto.randomUUID()}/cancel`;
  const cancel = await callRest(client, bearer(key), `POST ${cancelPath}`, {
    approvedBy: 'the demo',
  });
  expectThat(cancel.status === 403, `a cancellation is answered 403 (${cancel.status})`);
  const keys = await callRest(client, bearer(key), 'GET /v1/keys');
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
