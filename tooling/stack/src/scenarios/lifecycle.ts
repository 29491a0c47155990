import { expectThat } from '../fixture/stage.ts';
import { landfallRecord } from '../fixture/records.ts';
import { buyAndActivate } from './buying.ts';
import type { Scenario } from './scenario.ts';

export const suspendAndReinstate: Scenario = {
  name: 'suspend and reinstate',
  guarantee: 'Missing payment suspends on both sides, payment restores both',
  async play(stage) {
    const { control } = stage.world;
    const id = await buyAndActivate(stage, { offerId: 'teamdesk', planId: 'basic', quantity: 5 });
    await stage.agreed('payment is missing: suspended', id, { status: 'Suspended' }, () =>
      control.suspend(id),
    );
    await stage.agreed(
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
  async play(stage) {
    const { world } = stage;
    const id = await buyAndActivate(stage, { offerId: 'analytics', planId: 'starter' });
    const before = await landfallRecord(world, id);
    await stage.agreed('the term renews', id, { status: 'Subscribed' }, async () => {
      await world.control.renew(id);
    });
    await stage.step(
      'the term ends later than before',
      async () => {
        const after = await landfallRecord(world, id);
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
