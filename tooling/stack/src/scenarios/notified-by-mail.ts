import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@landfall/servers/wait';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import type { Scenario } from './scenario.ts';

const RECIPIENT = 'on-call@contoso.example';

/** Matters are found every ten seconds, and a second message follows the first after half a minute. */
const PATIENCE_MS = 120_000;

export const notifiedByMail: Scenario = {
  name: 'notified by mail',
  guarantee: 'A matter is mailed with its next step, and a second mail says that it is settled',
  async play(fixture) {
    const { destinations } = fixture.client.api;
    await using product = await productThatIsGone();
    const label = `Product ${randomUUID().slice(0, 8)}`;
    const { destination: onCall } = await destinations.create.mutate({
      label: 'On call',
      channel: 'mail',
      recipients: [RECIPIENT],
      matterKinds: ['destination-disabled'],
    });
    const { destination: broken } = await destinations.create.mutate({
      label,
      url: product.url,
      types: ['ping'],
    });
    const destinationId = broken.id;
    try {
      await fixture.step(
        'your product answers that it is gone: a mail says what to do',
        async () => {
          await destinations.ping.mutate({ destinationId });
          const mail = await mailAbout(fixture, label, (subject) => !isSettled(subject));
          expectThat(mail.includes('What to do:'), 'the mail has the next step');
          expectThat(mail.includes('/console/matters/'), 'the mail links to the matter');
        },
      );
      await fixture.step('it is enabled again: a mail says that it is settled', async () => {
        await destinations.enable.mutate({ destinationId });
        await mailAbout(fixture, label, isSettled);
      });
    } finally {
      for (const { id } of [onCall, broken]) {
        await destinations.remove.mutate({ destinationId: id, dryRun: false });
      }
    }
  },
};

/** A receiver that answers 410 to everything. */
async function productThatIsGone(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(410).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isSettled(subject: string): boolean {
  return subject.startsWith('Settled: ');
}

/** Waits for a mail that names the destination, and returns its text. */
async function mailAbout(
  { client: { control } }: ScenarioFixture,
  label: string,
  fits: (subject: string) => boolean,
): Promise<string> {
  return await until(
    'the mail has arrived',
    async () => {
      const ours = (await control.mails.list()).filter(
        ({ to, subject }) => to.includes(RECIPIENT) && fits(subject),
      );
      const mails = await Promise.all(ours.map(({ id }) => control.mails.get(id)));
      return mails.map(({ text }) => text ?? '').find((text) => text.includes(label));
    },
    { timeoutMs: PATIENCE_MS },
  );
}
