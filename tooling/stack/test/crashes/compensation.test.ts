import { until } from '@landfall/servers/wait';
import { killWorkerIn, type Gap } from './gaps.ts';
import { type Held, type CrashFixture, type Standing } from './fixture.ts';

/**
 * Microsoft has overruled a refusal, and the worker changes the plan back. The worker is killed
 * between every two steps. Each gap starts when the worker is about to record that it was
 * overruled.
 */

const compensated = {
  purchased: 1,
  activated: 1,
  refusalOverruled: 1,
  compensationRequested: 1,
  planChanged: 2,
  changeSucceeded: 1,
};

/**
 * How long the marketplace waits for an answer before it accepts by itself. Longer than Microsoft's
 * ten seconds, so that it ends only when this test moves the clock, even on a slow machine.
 */
const SILENCE_MS = 600_000;

interface Overruled {
  readonly subscriptionId: string;
  /** The worker waits for the lock on the operation's row. */
  readonly noting: Awaited<ReturnType<CrashFixture['lock']>>;
}

const overruled: Overruled[] = [];

const gaps: readonly Gap[] = [
  {
    title: 'compensation: overruled at Microsoft, not recorded yet',
    effects: compensated,
    async reach() {
      const { subscriptionId, noting } = takeOne();
      return { subscriptionId, release: noting.release };
    },
  },
  {
    title: 'compensation: its task is stored, the subscription not read yet',
    effects: compensated,
    reach: async (fixture) => standing(await reading(fixture)),
  },
  {
    title: 'compensation: the subscription is read, the change back not stored yet',
    effects: compensated,
    async reach(fixture) {
      const { subscriptionId, held } = await reading(fixture);
      const text = 'select 1 from fulfillment.subscriptions where id = $1 for update';
      const storing = await fixture.lock(text, [subscriptionId]);
      await held.release();
      await storing.reached();
      return { subscriptionId, release: storing.release };
    },
  },
  {
    title: 'compensation: the change back is stored, its task not marked as done yet',
    effects: compensated,
    async reach(fixture) {
      const { subscriptionId, held } = await reading(fixture);
      const text = `select 1 from fulfillment.tasks
        where subscription_id = $1 and kind = 'compensate' for update`;
      const marking = await fixture.lock(text, [subscriptionId]);
      await held.release();
      await marking.reached();
      return { subscriptionId, release: marking.release };
    },
  },
  {
    title: 'compensation: the call to change back has not arrived',
    effects: compensated,
    reach: (fixture) => sending(fixture, false),
  },
  {
    title: 'compensation: the call to change back has arrived, its operation is not known yet',
    effects: compensated,
    reach: (fixture) => sending(fixture, true),
  },
];

killWorkerIn(
  gaps,
  'a worker that is killed while it changes back a refused change does so exactly once',
  refuseInVain,
);

/**
 * Makes one for each gap: refused by us, not noticed by Microsoft, and accepted after its timeout.
 */
async function refuseInVain(fixture: CrashFixture): Promise<void> {
  await fixture.control.updateSettings({
    autoAcceptMs: SILENCE_MS,
    oddities: { refuseByPatch: 'measured' },
  });
  const subscriptionIds = await Promise.all(gaps.map(() => refused(fixture)));
  for (const subscriptionId of subscriptionIds) {
    const text = 'select 1 from fulfillment.operations where subscription_id = $1 for update';
    overruled.push({ subscriptionId, noting: await fixture.lock(text, [subscriptionId]) });
  }
  await fixture.control.advance(SILENCE_MS);
  for (const { noting } of overruled) await noting.reached();
}

/**
 * Microsoft did not confirm the operation while the webhook waited, so the refusal is sent by a
 * call.
 */
async function refused(fixture: CrashFixture): Promise<string> {
  const { control } = fixture;
  const subscriptionId = await fixture.subscribed({ offerId: 'analytics', planId: 'growth' });
  const unseen = await control.addFault({ endpoint: 'getOperation', status: 404, subscriptionId });
  await control.changePlan(subscriptionId, 'starter');
  await until('the notification is answered without a decision', async () => {
    const [delivery] = await control.deliveries(subscriptionId);
    return delivery?.attempts.some(({ status }) => status === 200);
  });
  await control.removeFault(unseen.id);
  await until('the refusal is sent', async () => {
    const text = `select 1 from fulfillment.operations
      where subscription_id = $1 and decision = 'refuse' and answered_at is not null`;
    return (await fixture.rows(text, [subscriptionId])).length > 0;
  });
  return subscriptionId;
}

function takeOne(): Overruled {
  const one = overruled.pop();
  if (!one) throw new Error('there are more gaps than refusals');
  return one;
}

async function reading(fixture: CrashFixture): Promise<{ subscriptionId: string; held: Held }> {
  const { subscriptionId, noting } = takeOne();
  const held = await fixture.hold({ endpoint: 'get', subscriptionId });
  await noting.unlock();
  await held.reached();
  return { subscriptionId, held };
}

async function sending(fixture: CrashFixture, afterEffect: boolean): Promise<Standing> {
  const { subscriptionId, noting } = takeOne();
  const held = await fixture.hold({ endpoint: 'patchSubscription', subscriptionId, afterEffect });
  await noting.unlock();
  return await standing({ subscriptionId, held });
}

async function standing(at: { subscriptionId: string; held: Held }): Promise<Standing> {
  await at.held.reached();
  return { subscriptionId: at.subscriptionId, release: at.held.release };
}
