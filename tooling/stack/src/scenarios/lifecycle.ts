import { expectThat } from '../fixture/scenario-fixture.ts';
import { landfallRecord } from '../fixture/records.ts';
import { buyAndActivate } from './buying.ts';
import type { Scenario } from './scenario.ts';

export const suspendAndReinstate: Scenario = {
  name: 'suspend and reinstate',
  guarantee: 'Missing payment suspends on both sides, payment restores both',
  async play(fixture) {
    const { control } = fixture.client;
    const id = await buyAndActivate(fixture, { offerId: 'teamdesk', planId: 'basic', quantity: 5 });
    await fixture.agreed('payment is missing: suspended', id, { status: 'Suspended' }, () =>
      control.suspend(id),
    );
    await fixture.agreed(
      'payment is back: reinstated with plan and seats',
      id,
      { status: 'Subscribed', planId: 'basic', quantity: 5 },
      () => control.reinstate(id),
    );
  },
};

export const renewal: Scenario = {
  name: 'renew',
  guarantee: 'A renewal brings the new term to both sides',
  async play(fixture) {
    const { client } = fixture;
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'starter' });
    const before = await landfallRecord(client, id);
    await fixture.agreed('the term renews', id, { status: 'Subscribed' }, async () => {
      await client.control.renew(id);
    });
    await fixture.step(
      'the term ends later than before',
      async () => {
        const after = await landfallRecord(client, id);
        expectThat(
          before?.termEnd != null && after?.termEnd != null && after.termEnd > before.termEnd,
          `the term moved on (${before?.termEnd} → ${after?.termEnd})`,
        );
        return `${before.termEnd} → ${after.termEnd}`;
      },
      (note) => note,
    );
  },
};
