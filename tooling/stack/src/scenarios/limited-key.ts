import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { errorDetails } from '@landfall/client/errors';
import { createLandfallClient } from '@landfall/client';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import { expectIsolated, type Foreign } from './billing-isolation.ts';

const program = fileURLToPath(new URL('../../../../services/gateway/src/main.ts', import.meta.url));

/**
 * An API key of one publisher, created as an operator would, sees this publisher's subscription and
 * no other.
 */
export async function keyOfOnePublisher(
  fixture: ScenarioFixture,
  of: { readonly publisherId: string; readonly own: string; readonly foreign: Foreign },
): Promise<void> {
  const { publisherId, own } = of;
  const foreign = of.foreign.subscriptionId;
  const { databaseUrl, trpcUrl } = fixture.client.stack;
  const keys = async (...args: string[]) => {
    const env = { DATABASE_URL: databaseUrl };
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'keys', ...args], {
      env,
    });
    return stdout.trim();
  };
  const wanted = ['--label', 'one publisher', '--scopes', 'all', '--publisher', publisherId];
  const apiKey = await keys('create', ...wanted);
  const api = createLandfallClient({ url: trpcUrl, apiKey, maxAttempts: 1 });
  const refusalOf = (call: Promise<unknown>) =>
    call.then(
      () => 'nothing',
      (error: unknown) => errorDetails(error)?.rejection,
    );
  try {
    await fixture.step(
      "the second publisher's API key sees only its own subscription",
      async () => {
        const { items } = await api.subscriptions.list.query({ limit: 200 });
        expectThat(
          items.some(({ id }) => id === own),
          'its own subscription is listed',
        );
        expectThat(
          items.every((one) => one.publisherId === publisherId),
          'no other subscription is listed',
        );
        const { items: hours } = await api.usage.hours.query({ limit: 200 });
        expectThat(
          hours.some(({ subscriptionId }) => subscriptionId === own),
          'its own usage is listed',
        );
        const { subscriptions } = api;
        const approvedBy = 'the demo';
        const refusals = await Promise.all([
          refusalOf(subscriptions.get.query({ subscriptionId: foreign })),
          refusalOf(subscriptions.timeline.query({ subscriptionId: foreign })),
          refusalOf(subscriptions.cancel.mutate({ subscriptionId: foreign, approvedBy })),
        ]);
        for (const refusal of refusals) {
          expectThat(
            refusal === 'subscription.not-found',
            `the other subscription is not found (${refusal})`,
          );
        }
      },
    );
    await fixture.step(
      "it cannot reach the other publisher's usage, statements, prices, settings or incidents",
      () => expectIsolated(api, of.foreign),
      (procedures) => `${procedures} procedures tried`,
    );
  } finally {
    await keys('revoke', apiKey.split('_')[1] ?? '');
  }
}
