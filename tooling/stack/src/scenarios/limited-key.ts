import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { errorDetails } from '@landfall/client/errors';
import { createLandfallClient } from '@landfall/client';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';

const program = fileURLToPath(new URL('../../../../services/gateway/src/keys.ts', import.meta.url));

/** A key of one publisher, made as an operator makes it: it sees its own sale and not the other one. */
export async function keyOfOnePublisher(
  fixture: ScenarioFixture,
  of: { readonly publisherId: string; readonly own: string; readonly foreign: string },
): Promise<void> {
  const { publisherId, own, foreign } = of;
  const { databaseUrl, trpcUrl } = fixture.client.stack;
  const keys = async (...args: string[]) => {
    const env = { DATABASE_URL: databaseUrl };
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env });
    return stdout.trim();
  };
  const wanted = ['--label', 'one publisher', '--scopes', 'all', '--publisher', publisherId];
  const apiKey = await keys('create', ...wanted);
  const api = createLandfallClient({ url: trpcUrl, apiKey });
  const refusalOf = (call: Promise<unknown>) =>
    call.then(
      () => 'nothing',
      (error: unknown) => errorDetails(error)?.rejection,
    );
  try {
    await fixture.step(
      "a key of the second finds its own sale, and nothing of the first's",
      async () => {
        const { items } = await api.subscriptions.list.query({ limit: 200 });
        expectThat(
          items.some(({ id }) => id === own),
          'its own sale is listed',
        );
        expectThat(
          items.every((one) => one.publisherId === publisherId),
          'nobody else’s is',
        );
        const { items: hours } = await api.usage.hours.query({ limit: 200 });
        expectThat(
          hours.every(({ subscriptionId }) => subscriptionId !== foreign),
          'nor is its usage',
        );
        const { subscriptions } = api;
        const approvedBy = 'the demo';
        const refusals = await Promise.all([
          refusalOf(subscriptions.get.query({ subscriptionId: foreign })),
          refusalOf(subscriptions.timeline.query({ subscriptionId: foreign })),
          refusalOf(subscriptions.cancel.mutate({ subscriptionId: foreign, approvedBy })),
        ]);
        for (const refusal of refusals) {
          expectThat(refusal === 'subscription.not-found', `the other is not found (${refusal})`);
        }
      },
    );
  } finally {
    await keys('revoke', apiKey.split('_')[1] ?? '');
  }
}
