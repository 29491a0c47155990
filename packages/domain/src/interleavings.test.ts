import { describe, expect, test } from 'vitest';
import {
  CALM,
  MarketplaceModel,
  PEOPLE,
  type Action,
  type Weather,
} from '../test/marketplace-model.ts';
import { RecordModel, type Actor, type ProductAnswer } from '../test/record-model.ts';
import { seeded } from '../test/given.ts';
import type { SubscriptionEvent } from './events.ts';

/**
 * Microsoft's record changes while readers (notifications, landing visits, reconciliation) and activations
 * read it and record what they saw. Their steps run in any order, so a reading may be stale by the time it
 * is written.
 */

const ACTIONS: readonly Action[] = [
  'activate',
  'failActivation',
  'changePlan',
  'changeQuantity',
  'suspend',
  'reinstate',
  'renew',
  'cancel',
  'transfer',
];
/** How many orders of steps to try for each pair of actions, and how many longer stories to play. */
const ORDERS_PER_PAIR = 60;
const STORIES = 3_000;
const LONGEST_STORY = 9;
const MOST_VISITS = 4;
/** Thousands of stories take a second or two, or longer on a busy machine. */
const PATIENCE_MS = 60_000;
const DECISIONS = ['approve', 'approve', 'decline'] as const;
const ANSWERS: readonly ProductAnswer[] = ['confirms', 'confirms', 'fails', 'isSilent'];

describe('in any order of steps, both sides end equal and each change has one effect', () => {
  for (const first of ACTIONS) {
    test(
      `${first} and any other action`,
      () => {
        for (const second of ACTIONS) {
          for (let order = 1; order <= ORDERS_PER_PAIR; order += 1) {
            play(order, [first, second], { name: `${first}, ${second}, order ${order}` });
          }
        }
      },
      PATIENCE_MS,
    );
  }

  test(
    `${STORIES} longer stories`,
    () => {
      for (let seed = 1; seed <= STORIES; seed += 1) {
        const pick = seeded(seed);
        const length = pick(Array.from({ length: LONGEST_STORY }, (_, index) => index + 1));
        const story = Array.from({ length }, () => pick(ACTIONS));
        play(seed, story, { name: `story ${seed}: ${story.join(', ')}` });
      }
    },
    PATIENCE_MS,
  );
});

describe('with incomplete or late answers, both sides end equal and each change has one effect', () => {
  const poor: Weather = { ...CALM, leavesOut: true, namesPeopleLate: true, sendsOddTerms: true };

  test.each<[string, Weather]>([
    ['late answers', { ...CALM, lags: true }],
    ['missing fields, people named late, and impossible terms', poor],
    ['all of these', { ...poor, lags: true }],
  ])(
    '%s',
    (weatherName, weather) => {
      for (let seed = 1; seed <= STORIES; seed += 1) {
        const pick = seeded(seed * 31);
        const length = pick(Array.from({ length: LONGEST_STORY }, (_, index) => index + 1));
        const story = Array.from({ length }, () => pick(ACTIONS));
        play(seed, story, { name: `${weatherName}, story ${seed}: ${story.join(', ')}`, weather });
      }
    },
    PATIENCE_MS,
  );
});

function play(
  seed: number,
  story: readonly Action[],
  { name, weather = CALM }: { readonly name: string; readonly weather?: Weather },
): void {
  const pick = seeded(seed * 7919);
  const isAutoActivated = pick([true, false, false]);
  const microsoft = new MarketplaceModel(isAutoActivated, { pick, weather });
  const waitsForProduct = pick([true, false]);
  const needsApproval = pick([true, false]);
  const ours = new RecordModel(microsoft, { waitsForProduct, needsApproval });
  const actors: Actor[] = [];
  for (let visits = pick([0, 1, MOST_VISITS]); visits >= 0; visits -= 1) actors.push(ours.reader());
  if (pick([true, true, false])) {
    actors.push(ours.activation(pick(PEOPLE)), ours.activation(pick(PEOPLE)));
  }
  if (waitsForProduct) actors.push(ours.product(pick(ANSWERS)), ours.product(pick(ANSWERS)));
  if (needsApproval) {
    // Two people may decide differently.
    actors.push(ours.approver(pick(DECISIONS)), ours.approver(pick(DECISIONS)));
  }
  const left = [...story];
  while (left.length > 0 || actors.length > 0) {
    if (left.length > 0 && pick([true, false, false])) {
      const isNotified = microsoft.act(left.shift()!);
      if (!isNotified) continue;
      // Some notifications arrive twice.
      for (const _copy of pick([[1], [1], [1, 2]])) actors.push(ours.reader(microsoft.moment));
      continue;
    }
    if (actors.length === 0) continue;
    const index = pick([...actors.keys()]);
    if (actors[index]!.next().done) actors.splice(index, 1);
  }
  microsoft.settle();
  // One last reading, for an activation that was not confirmed when its actor ended.
  for (const _step of ours.reader());
  checkRecord(ours, microsoft, name);
  checkProvisioning(ours, waitsForProduct, name);
  checkApproval(ours, needsApproval, name);
}

function checkRecord(ours: RecordModel, microsoft: MarketplaceModel, name: string): void {
  const { state, events } = ours;
  expect(state, name).toBeDefined();
  const { status, planId, quantity, term } = microsoft.record;
  expect(state?.status, name).toBe(status);
  expect(state?.planId, name).toBe(microsoft.lastPlanId);
  if (status !== 'Unsubscribed') {
    const { beneficiary, purchaser } = microsoft.record;
    expect(state, name).toMatchObject({ planId, quantity, term, beneficiary, purchaser });
    expect(state?.impossibleTerm, name).toBeUndefined();
  }
  expect(ours.wrongClaims, name).toBe(0);
  const count = (type: SubscriptionEvent['type']) =>
    events.filter((event) => event.type === type).length;
  expect(count('purchased'), name).toBe(1);
  expect(count('contradictionSeen'), name).toBe(0);
  expect(count('activated'), name).toBeLessThanOrEqual(microsoft.count('activated'));
  expect(count('suspended'), name).toBeLessThanOrEqual(microsoft.count('suspend'));
  expect(count('reinstated'), name).toBeLessThanOrEqual(microsoft.count('reinstate'));
  expect(count('renewed'), name).toBeLessThanOrEqual(microsoft.count('renew'));
  expect(count('planChanged'), name).toBeLessThanOrEqual(microsoft.count('changePlan'));
  // Seats that were not sent with a plan become unknown first, and are filled in later.
  const fillings = 2 * ours.seatsUnsaid;
  expect(count('quantityChanged'), name).toBeLessThanOrEqual(
    microsoft.count('changeQuantity') + fillings,
  );
  // Once when first named, and once per transfer.
  for (const type of ['beneficiaryChanged', 'purchaserChanged'] as const) {
    expect(count(type), name).toBeLessThanOrEqual(1 + microsoft.count('transfer'));
  }
  expect(count('unsubscribed'), name).toBe(status === 'Unsubscribed' ? 1 : 0);
  // An active subscription has given `activated` exactly once.
  if (status === 'Subscribed' || status === 'Suspended') expect(count('activated'), name).toBe(1);
  expect(microsoft.callsToActivate, name).toBeLessThanOrEqual(microsoft.count('activated') + 1);
  expect(ours.version, name).toBe(events.length);
  const end = events.findIndex(({ type }) => type === 'unsubscribed');
  const after = end < 0 ? [] : events.slice(end + 1).map(({ type }) => type);
  expect(
    after.filter((type) => type !== 'activationFailed'),
    name,
  ).toEqual([]);
}

/** The publisher decides at most once, and Microsoft is asked only after a yes. */
function checkApproval(ours: RecordModel, needsApproval: boolean, name: string): void {
  const count = (type: SubscriptionEvent['type']) =>
    ours.events.filter((event) => event.type === type).length;
  const [requests, decisions] = [count('approvalRequested'), count('approved') + count('declined')];
  expect(ours.callsWithoutApproval, name).toBe(0);
  expect(requests, name).toBeLessThanOrEqual(needsApproval ? 1 : 0);
  expect(decisions, name).toBeLessThanOrEqual(requests);
  expect(count('approvalBypassed') + decisions, name).toBeLessThanOrEqual(needsApproval ? 1 : 0);
  const sent = ours.events.findIndex(({ type }) => type === 'activationSent');
  const approved = ours.events.findIndex(({ type }) => type === 'approved');
  if (needsApproval && sent >= 0) {
    expect(approved, name).toBeGreaterThanOrEqual(0);
    expect(approved, name).toBeLessThan(sent);
  }
  if (count('declined') > 0) expect(count('activationSent'), name).toBe(0);
}

/** The product is asked once per activation, and Microsoft only after the product has confirmed. */
function checkProvisioning(ours: RecordModel, waitsForProduct: boolean, name: string): void {
  const count = (type: SubscriptionEvent['type']) =>
    ours.events.filter((event) => event.type === type).length;
  const requests = count('provisioningRequested');
  expect(ours.callsWithoutSpace, name).toBe(0);
  expect(count('provisioned') + count('provisioningFailed'), name).toBeLessThanOrEqual(
    requests * 2,
  );
  expect(count('provisioned'), name).toBeLessThanOrEqual(requests);
  if (!waitsForProduct) expect(requests, name).toBe(0);
  else expect(requests, name).toBeGreaterThanOrEqual(count('activated'));
  const failures = count('provisioningFailed') + count('activationFailed');
  expect(requests, name).toBeLessThanOrEqual(1 + failures);
}
