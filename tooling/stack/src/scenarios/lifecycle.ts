import { expectThat } from '../fixture/scenario-fixture.ts';
import { landfallRecord } from '../fixture/records.ts';
import { buyAndActivate } from './buying.ts';
import type { Scenario } from './scenario.ts';

export const suspendAndReinstate: Scenario = {
  name: 'suspend and reinstate',
  guarantee: 'A missed payment suspends on both sides, and a payment reinstates on both',
  async play(fixture) {
    const { control } = fixture.client;
    const id = await buyAndActivate(fixture, { offerId: 'teamdesk', planId: 'basic', quantity: 5 });
    await fixture.agreed(
      'a payment fails; the subscription is suspended',
      id,
      { status: 'Suspended' },
      () => control.suspend(id),
    );
    await fixture.agreed(
      'the customer pays; plan and seats are reinstated',
      id,
      { status: 'Subscribed', planId: 'basic', quantity: 5 },
      () => control.reinstate(id),
    );
  },
};

export const renewal: Scenario = {
  name: 'renewal',
  guarantee: 'After a renewal, both sides have the new term',
  async play(fixture) {
    const { client } = fixture;
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'starter' });
    const before = await landfallRecord(client, id);
    await fixture.agreed('the term renews', id, { status: 'Subscribed' }, async () => {
      await client.control.renew(id);
    });
    await fixture.step(
      'the new term ends later than the old one',
      async () => {
        const after = await landfallRecord(client, id);
        expectThat(
          before?.termEnd != null && after?.termEnd != null && after.termEnd > before.termEnd,
          `the term's end has moved (${before?.termEnd} → ${after?.termEnd})`,
        );
        return `${before.termEnd} → ${after.termEnd}`;
      },
      (note) => note,
    );
  },
};
