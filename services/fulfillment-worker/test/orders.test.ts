import { afterAll, beforeAll, expect, test } from 'vitest';
import { factKinds, kinds, openFixture, settled, subscribed, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
  await fixture.control.addFault({ endpoint: 'webhook', drop: true });
});
afterAll(() => fixture[Symbol.asyncDispose]());

type Action = keyof typeof happen;

/** Each happens at Microsoft and is not notified yet. */
const happen = {
  ChangePlan: (id: string) => fixture.control.changePlan(id, 'standard'),
  ChangeQuantity: (id: string) => fixture.control.changeQuantity(id, 9),
  Suspend: (id: string) => fixture.control.suspend(id),
  Reinstate: (id: string) => fixture.control.reinstate(id),
  Renew: (id: string) => fixture.control.renew(id),
  Unsubscribe: (id: string) => fixture.control.cancel(id),
} as const;

const actions = Object.keys(happen) as Action[];

/** Whether Microsoft allows the second action after the first. */
function isPossible(first: Action, second: Action): boolean {
  if (first === second || first === 'Unsubscribe' || first === 'Reinstate') return false;
  if (first === 'Suspend') return second === 'Reinstate' || second === 'Unsubscribe';
  return second !== 'Reinstate';
}

const pairs = actions.flatMap((first) =>
  actions.filter((second) => isPossible(first, second)).map((second) => ({ first, second })),
);

/** Silence answers operations that need an answer: the first operation ends before the second begins. */
const SILENCE_MS = 11_000;

test('every pair of actions, notified in either order or twice each, ends as at Microsoft', async () => {
  const orders = pairs.flatMap((pair) => [
    { ...pair, order: [0, 1] },
    { ...pair, order: [1, 0] },
    { ...pair, order: [1, 0, 1, 0] },
  ]);
  const cases = await Promise.all(
    orders.map(async ({ first, second, order }) => {
      const team = { offerId: 'teamdesk', planId: 'basic', quantity: 6 };
      return { id: await subscribed(fixture, team), first, second, order };
    }),
  );
  const firsts = await Promise.all(cases.map(({ id, first }) => happen[first](id)));
  await fixture.control.advance(SILENCE_MS);
  const seconds = await Promise.all(cases.map(({ id, second }) => happen[second](id)));
  await fixture.control.advance(SILENCE_MS);
  const notify = async (n: number) => {
    const { id, first, second, order } = cases[n]!;
    const notices = [
      { subscriptionId: id, operationId: firsts[n]!.operationId, action: first },
      { subscriptionId: id, operationId: seconds[n]!.operationId, action: second },
    ];
    for (const place of order) await fixture.intake.publish(notices[place]!);
  };
  await Promise.all(cases.map((_, n) => notify(n)));
  // The first notification already sees the final state, so the later one records nothing.
  for (const { id, first, second, order } of cases) {
    await settledAfter(id, order.length);
    const where = `${first}, ${second}, told as ${order.join()}`;
    const theirs = await fixture.control.subscription(id);
    const ours = await fixture.client.subscriptions.get.query({ subscriptionId: id });
    expect(ours.status, where).toBe(theirs.status);
    // The last values do not matter once the subscription has ended.
    if (theirs.status !== 'Unsubscribed') {
      expect(ours.planId, where).toBe(theirs.planId);
      expect(ours.quantity, where).toBe(theirs.quantity);
    }
    const facts = await factKinds(fixture, id);
    expect(new Set(facts).size, where).toBe(facts.length);
    expect(await kinds(fixture, id), where).not.toContain('taskParked');
  }
});

async function settledAfter(id: string, notices: number): Promise<void> {
  const arrived = async () => {
    const rows = await fixture.db.kysely
      .selectFrom('tasks')
      .select('id')
      .where('subscriptionId', '=', id)
      .where('kind', '=', 'notification')
      .execute();
    return rows.length >= notices;
  };
  while (!(await arrived())) await settled(fixture, id);
  await settled(fixture, id);
}
