import { until } from '@landfall/servers/wait';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import { buy, confirmOnLandingPage } from './buying.ts';
import type { Scenario } from './scenario.ts';

/** No other scenario buys this plan while it waits for an approval. */
const PLAN = { offerId: 'analytics', planId: 'enterprise', termUnit: 'P1Y' };
const RECIPIENT = 'on-call@contoso.example';

/** Matters are found every ten seconds, and a second message follows the first after half a minute. */
const PATIENCE_MS = 120_000;

export const toldByMail: Scenario = {
  name: 'told by mail',
  guarantee: 'What needs a person is mailed with its next step, and so is that it is settled',
  async play(fixture) {
    const { api } = fixture.client;
    const { offerId, planId } = PLAN;
    const { own: before } = await api.settings.get.query({ offerId });
    const { destination } = await api.destinations.create.mutate({
      label: 'On call',
      channel: 'mail',
      recipients: [RECIPIENT],
      matterKinds: ['approval-waiting'],
      offerIds: [offerId],
    });
    try {
      await api.settings.put.mutate({ offerId, settings: { manualApproval: [planId] } });
      const { subscriptionId, landingUrl } = await buy(fixture, PLAN);
      await fixture.step('a purchase waits for the publisher: a mail says what to do', async () => {
        await confirmOnLandingPage(fixture, landingUrl);
        const mail = await mailAbout(fixture, subscriptionId, (subject) => !isSettled(subject));
        expectThat(mail.includes('What to do:'), 'the mail has the next step');
        expectThat(mail.includes('/console/matters/'), 'the mail links to the matter');
      });
      await fixture.step('the publisher approves: a mail says that it is settled', async () => {
        await api.subscriptions.approve.mutate({ subscriptionId, reason: 'Order form signed' });
        await mailAbout(fixture, subscriptionId, isSettled);
      });
    } finally {
      const manualApproval = before.manualApproval ?? null;
      await api.settings.put.mutate({ offerId, settings: { manualApproval } });
      await api.destinations.remove.mutate({ destinationId: destination.id, dryRun: false });
    }
  },
};

function isSettled(subject: string): boolean {
  return subject.startsWith('Settled: ');
}

/** Waits for a mail that names the subscription, and returns its text. */
async function mailAbout(
  { client: { control } }: ScenarioFixture,
  subscriptionId: string,
  fits: (subject: string) => boolean,
): Promise<string> {
  return await until(
    'the mail has arrived',
    async () => {
      const ours = (await control.mails.list()).filter(
        ({ to, subject }) => to.includes(RECIPIENT) && fits(subject),
      );
      const mails = await Promise.all(ours.map(({ id }) => control.mails.get(id)));
      return mails.map(({ text }) => text ?? '').find((text) => text.includes(subscriptionId));
    },
    { timeoutMs: PATIENCE_MS },
  );
}
