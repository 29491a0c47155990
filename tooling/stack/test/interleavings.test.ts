import { PATIENCE_MS } from '@landfall/config/patience';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ControlError, type Control } from '@landfall/emulator/control-client';
import { openChaosFixture, type ChaosFixture } from '../src/chaos/fixture.ts';
import { check } from '../src/chaos/checks/check.ts';
import { drain } from '../src/chaos/drain.ts';
import { collect, type Evidence } from '../src/chaos/evidence.ts';
import { Ledger } from '../src/chaos/ledger.ts';
import { Random } from '../src/chaos/random.ts';
import { persist, sleep } from '../src/chaos/patience.ts';

/**
 * Hundreds of subscriptions run at the same time. In each, the same few things happen at once, in
 * an order that chance and two workers decide. Nothing is killed and nothing fails: this test looks
 * for orders that break a guarantee.
 */
const SEED = 4_711;
const SUBSCRIPTIONS = 200;
/** Histories that run at the same time. More would only queue for two cores. */
const AT_ONCE = 24;

let fixture: ChaosFixture;
let evidence: Evidence;
let breaches: ReturnType<typeof check>;
const ledger = new Ledger();
const never = new AbortController().signal;

beforeAll(async () => {
  fixture = await openChaosFixture({ workers: 2 });
  const { control } = fixture.client;
  await control.updateSettings({ activationDelayMs: 100, partnerDelayMs: 100 });
  await control.addFault({ endpoint: 'webhook', duplicate: 2, probability: 0.2 });
  await control.addFault({ endpoint: 'webhook', delayMs: 700, probability: 0.2 });
  await control.addFault({ endpoint: 'get', latencyMs: 300, probability: 0.2 });
  const random = new Random(SEED);
  const stories = Array.from({ length: SUBSCRIPTIONS }, () => random.fork());
  const play = async (): Promise<void> => {
    for (let own = stories.pop(); own; own = stories.pop()) await story(own);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, play));
  await control.clearFaults();
  const left = await drain(fixture, {
    deadlineMs: PATIENCE_MS,
    onProgress: () => undefined,
    signal: never,
  });
  expect(left, `seed ${SEED}`).toEqual({});
  evidence = await collect(fixture, ledger);
  breaches = check(evidence, 'drained');
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

test(`${SUBSCRIPTIONS} interleavings end in the marketplace's state with one effect each`, () => {
  expect(breaches, `seed ${SEED}`).toEqual([]);
  expect(evidence.marketplace.subscriptions).toHaveLength(SUBSCRIPTIONS);
});

test('a purchase that several people open at once is recorded and activated once', () => {
  const kinds = (id: string, kind: string) =>
    evidence.timeline.filter((row) => row.subscriptionId === id && row.kind === kind).length;
  for (const { id } of evidence.subscriptions) {
    expect(kinds(id, 'purchased'), `${id}, seed ${SEED}`).toBe(1);
    expect(kinds(id, 'activated'), `${id}, seed ${SEED}`).toBeLessThanOrEqual(1);
  }
});

/** Several people open and confirm the purchase at once; then everything else happens at once. */
async function story(random: Random): Promise<void> {
  const { client, worker } = fixture;
  const isAutoActivated = random.chance(0.3);
  const { subscriptionId, purchaseToken } = await client.control.purchase({
    ...(isAutoActivated
      ? { offerId: 'pulse', planId: 'essential' }
      : { offerId: 'teamdesk', planId: 'standard', quantity: 10 }),
    beneficiary: client.person('ada').email,
  });
  const visit = async () => {
    await sleep(random.whole(0, 150), never);
    await persist(() => worker.purchases.resolve.mutate({ purchaseToken }), never);
    ledger.opened.add(subscriptionId);
    const activate = () => client.api.subscriptions.activate.mutate({ subscriptionId });
    if (await persist(activate, never)) ledger.activated.add(subscriptionId);
  };
  const visits = Array.from({ length: random.whole(1, 3) }, visit);
  if (!random.chance(0.2)) await Promise.all(visits);
  const happenings = Array.from({ length: random.whole(2, 5) }, async () => {
    await sleep(random.whole(0, 600), never);
    await happen(random, subscriptionId);
  });
  await Promise.all([...visits, ...happenings]);
}

async function happen(random: Random, subscriptionId: string): Promise<void> {
  const { api, control } = fixture.client;
  const approved = { subscriptionId, approvedBy: 'test' };
  const happening = random.pick<() => Promise<unknown>>([
    () => control.changePlan(subscriptionId, random.pick(['basic', 'standard', 'pro'])),
    () => control.changeQuantity(subscriptionId, random.whole(5, 25)),
    () => control.suspend(subscriptionId),
    () => control.reinstate(subscriptionId),
    () => control.renew(subscriptionId),
    () => control.cancel(subscriptionId),
    () => redeliver(control, random, subscriptionId),
    () => changed(api.subscriptions.changeQuantity.mutate({ ...approved, quantity: 7 })),
    () => changed(api.subscriptions.cancel.mutate(approved)),
    () => api.reconciliation.start.mutate({}).catch(() => undefined),
  ]);
  await happening().catch((error: unknown) => {
    if (!(error instanceof ControlError)) throw error;
  });

  async function changed(asked: Promise<{ readonly changeId: string }>): Promise<void> {
    const change = await asked.catch(() => undefined);
    if (change) ledger.changes.set(change.changeId, { subscriptionId });
  }
}

async function redeliver(control: Control, random: Random, subscriptionId: string): Promise<void> {
  const deliveries = await control.deliveries(subscriptionId);
  const sent = deliveries.filter(({ attempts }) => attempts.length > 0);
  if (sent.length === 0) return;
  await control.redeliver(random.pick(sent).operationId, { times: 3, parallel: true });
}
