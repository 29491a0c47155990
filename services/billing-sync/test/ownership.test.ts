import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Procedures } from '@landfall/contracts/procedures';
import { HOUR } from './fixture.ts';
import {
  type Client,
  failureOf,
  FEE,
  meter,
  openTwoPublishers,
  OURS,
  THEIRS,
} from './two-publishers.ts';

const two = await openTwoPublishers();
afterAll(() => two[Symbol.asyncDispose]());
const {
  fixture,
  limited,
  unlimited,
  ours,
  theirs,
  subscription,
  usage,
  report,
  hoursOf,
  rated,
  plan,
  charge,
  incident,
  ofSubscription,
  ofPublisher,
} = two;

/** A test for each procedure, by its path. The first test below requires one for each. */
const tests = {
  async 'usage.report'() {
    const eventId = randomUUID();
    expect(await report(unlimited, usage(theirs, eventId))).toMatchObject([{ outcome: 'taken' }]);
    const unknown = { outcome: 'refused', refusal: 'subscription-unknown' };
    const answered = await report(limited, usage(theirs), usage(theirs, eventId), usage(ours));
    expect(answered).toMatchObject([unknown, unknown, { outcome: 'taken' }]);
  },

  async 'usage.refusals'() {
    const old = new Date(fixture.now().getTime() - 25 * HOUR).toISOString();
    await report(
      unlimited,
      { ...usage(ours), occurredAt: old },
      { ...usage(theirs), occurredAt: old },
    );
    const seen = async (client: Client, input = {}) =>
      (await client.usage.refusals.query(input)).items.map(({ subscriptionId }) => subscriptionId);
    expect(await seen(unlimited)).toEqual(expect.arrayContaining([ours, theirs]));
    expect(await seen(limited)).toContain(ours);
    expect(await seen(limited, { subscriptionId: theirs })).not.toContain(ours);
    const items = (await limited.usage.refusals.query({ subscriptionId: theirs })).items;
    expect(items.every(({ publisherId }) => publisherId === OURS)).toBe(true);
    const foreign = limited.usage.refusals.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'usage.hours'() {
    await rated(ours);
    await rated(theirs);
    expect(new Set(await hoursOf(limited))).toEqual(new Set([ours]));
    expect(await hoursOf(limited, { subscriptionId: theirs })).toEqual([]);
    expect(await hoursOf(unlimited)).toEqual(expect.arrayContaining([ours, theirs]));
    expect(new Set(await hoursOf(unlimited, { publisherId: THEIRS }))).toEqual(new Set([theirs]));
    const foreign = limited.usage.hours.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'usage.days'() {
    await ofSubscription((subscriptionId) => limited.usage.days.query({ subscriptionId }));
  },

  async 'usage.progress'() {
    const hour = new Date(fixture.now().setUTCMinutes(0, 0, 0));
    const times = { hour, firstUsedAt: hour, lastUsedAt: hour };
    const settled = { ...times, planId: 'p', dimension: 'progress', state: 'settled' } as const;
    await fixture.store.kysely
      .insertInto('usageHours')
      .values([
        { ...settled, subscriptionId: ours, publisherId: OURS, sealed: true },
        { ...settled, subscriptionId: theirs, publisherId: THEIRS, sealed: true },
      ])
      .execute();
    const counted = async (client: typeof limited, publisherId?: string) => {
      const { days } = await client.usage.progress.query({ publisherId });
      return days.reduce((sum, day) => sum + day.accepted + day.pending + day.lost, 0);
    };
    const theirCount = await counted(unlimited, THEIRS);
    expect(theirCount).toBeGreaterThan(0);
    expect(await counted(limited)).toBe((await counted(unlimited)) - theirCount);
    const foreign = limited.usage.progress.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'usage.records'() {
    await ofSubscription((subscriptionId) =>
      limited.usage.records.query({
        subscriptionId,
        from: '2026-03-01T00:00:00Z',
        to: '2026-04-01T00:00:00Z',
      }),
    );
  },

  async 'usage.resend'() {
    const resend = (subscriptionId: string) =>
      limited.usage.resend.mutate({
        subscriptionId,
        dimension: 'reports',
        hour: '2026-03-10T00:00:00Z',
        reason: 'the dimension is published now',
      });
    expect(await failureOf(resend(ours))).toBe('usage.hour-not-found');
    expect(await failureOf(resend(theirs))).toBe('subscription.not-found');
  },

  async 'usage.summary'() {
    await ofSubscription((subscriptionId) => limited.usage.summary.query({ subscriptionId }));
  },

  async 'usage.statement'() {
    await ofSubscription((subscriptionId) =>
      limited.usage.statement.query({ subscriptionId, month: '2026-03' }),
    );
  },

  async 'usage.statements'() {
    await rated(ours);
    await rated(theirs);
    await ofPublisher((client, input) =>
      client.usage.statements.query({ month: '2026-03', ...input }),
    );
  },

  async 'usage.readBack'() {
    const day = { planId: 'starter', dimension: 'reports', day: '2026-03-08', ours: '1' };
    const theirReport = { submitted: '1', processed: '1', reconStatus: 'Accepted' };
    const row = { ...day, ...theirReport, verdict: 'agrees', readAt: fixture.now() };
    await fixture.store.kysely
      .insertInto('readBackDays')
      .values([
        { ...row, publisherId: OURS, subscriptionId: ours },
        { ...row, publisherId: THEIRS, subscriptionId: theirs },
      ])
      .execute();
    const seen = async (client: Client, input = {}) =>
      (await client.usage.readBack.query(input)).items.map((row) => row.subscriptionId);
    expect(new Set(await seen(limited))).toEqual(new Set([ours]));
    expect(await seen(limited, { subscriptionId: theirs })).toEqual([]);
    expect(await seen(unlimited)).toEqual(expect.arrayContaining([ours, theirs]));
    const foreign = limited.usage.readBack.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'usage.preview'() {
    const named = { offerId: 'previewed', planId: 'p', termUnit: 'P1M' };
    const dimension = { ...named, dimension: 'd' };
    await unlimited.overrides.put.mutate({ ...dimension, included: 1, publisherId: OURS });
    await unlimited.overrides.put.mutate({ ...dimension, included: 9, publisherId: THEIRS });
    const asked = { ...named, usage: [{ dimension: 'd', quantity: '10' }] };
    const { lines } = await limited.usage.preview.query(asked);
    expect(lines).toMatchObject([{ included: '1', billed: '9' }]);
    const foreign = limited.usage.preview.query({ ...asked, publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'usage.previewPlan'() {
    await ofSubscription((subscriptionId) =>
      limited.usage.previewPlan.query({ subscriptionId, month: '2026-03', planId: 'growth' }),
    );
  },

  async 'catalogue.list'() {
    await plan(OURS, 'listed');
    await plan(THEIRS, 'listed');
    await ofPublisher((client, input) =>
      client.catalogue.list.query({ offerId: 'listed', limit: 200, ...input }),
    );
  },

  async 'catalogue.history'() {
    await plan(OURS, 'history');
    await plan(THEIRS, 'history');
    const named = { offerId: 'history', planId: 'p' };
    await ofPublisher((client, input) => client.catalogue.history.query({ ...named, ...input }));
  },

  async 'catalogue.refresh'() {
    for (const publisherId of [OURS, THEIRS]) {
      await plan(publisherId, 'refreshed');
      await subscription(publisherId, { offerId: 'refreshed', planId: 'p' });
    }
    const refresh = (client: Client, input = {}) =>
      client.catalogue.refresh.mutate({ offerId: 'refreshed', ...input });
    expect(await refresh(unlimited)).toMatchObject({ plans: 2 });
    expect(await refresh(limited)).toMatchObject({ plans: 1 });
    expect(await failureOf(refresh(limited, { publisherId: THEIRS }))).toBe('publisher.not-found');
  },

  async 'overrides.list'() {
    const named = { offerId: 'listed', planId: 'p', dimension: 'd' };
    await unlimited.overrides.put.mutate({ ...named, included: 1 });
    await unlimited.overrides.put.mutate({ ...named, included: 2, publisherId: THEIRS });
    await unlimited.overrides.put.mutate({ ...named, included: 3, publisherId: OURS });
    const includedOf = async (client: Client) =>
      (await client.overrides.list.query({ limit: 200 })).items
        .filter(({ offerId }) => offerId === 'listed')
        .map(({ included }) => included);
    expect(await includedOf(limited)).not.toContain('2');
    expect(await includedOf(limited)).toContain('3');
    expect(new Set(await includedOf(unlimited))).toEqual(new Set(['1', '2', '3']));
    const foreign = limited.overrides.list.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'overrides.put'() {
    const named = { offerId: 'put', planId: 'p', dimension: 'd' };
    await limited.overrides.put.mutate({ ...named, included: '5' });
    const { items } = await unlimited.overrides.list.query({ limit: 200 });
    expect(items.filter(({ offerId }) => offerId === 'put')).toMatchObject([
      { ...named, included: '5', publisherId: OURS },
    ]);
    const foreign = limited.overrides.put.mutate({ ...named, included: 9, publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'overrides.remove'() {
    const named = { offerId: 'removed', planId: 'p', dimension: 'd' };
    await unlimited.overrides.put.mutate({ ...named, included: 1 });
    await unlimited.overrides.put.mutate({ ...named, included: 2, publisherId: THEIRS });
    expect(await limited.overrides.remove.mutate(named)).toEqual({ removed: false });
    const foreign = limited.overrides.remove.mutate({ ...named, publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
    const { items } = await unlimited.overrides.list.query({ limit: 200 });
    expect(items.filter(({ offerId }) => offerId === 'removed')).toHaveLength(2);
  },

  async 'meters.list'() {
    await unlimited.meters.put.mutate({ ...meter('listed'), publisherId: THEIRS });
    await unlimited.meters.put.mutate({ ...meter('listed'), publisherId: OURS });
    await ofPublisher((client, input) => client.meters.list.query({ limit: 200, ...input }));
  },

  async 'meters.put'() {
    await limited.meters.put.mutate(meter('put'));
    const { items } = await unlimited.meters.list.query({ limit: 200 });
    expect(items.filter(({ offerId }) => offerId === 'put')).toMatchObject([{ publisherId: OURS }]);
    const foreign = limited.meters.put.mutate({ ...meter('put'), publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'meters.remove'() {
    const { tiers: _, ...named } = meter('removed');
    await unlimited.meters.put.mutate({ ...meter('removed'), publisherId: THEIRS });
    expect(await limited.meters.remove.mutate(named)).toEqual({ removed: false });
    const foreign = limited.meters.remove.mutate({ ...named, publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
    const kept = await unlimited.meters.list.query({ publisherId: THEIRS, limit: 200 });
    expect(kept.items.some(({ offerId }) => offerId === 'removed')).toBe(true);
  },

  async 'recurring.list'() {
    await charge(ours);
    await charge(theirs);
    await ofPublisher((client, input) => client.recurring.list.query({ limit: 200, ...input }));
    const { items } = await limited.recurring.list.query({ subscriptionId: theirs });
    expect(items).toEqual([]);
  },

  async 'recurring.put'() {
    const put = (input: object) => limited.recurring.put.mutate({ ...FEE, ...input });
    expect(await failureOf(put({ subscriptionId: ours }))).toBeUndefined();
    expect(await failureOf(put({ subscriptionId: theirs }))).toBe('recurring.invalid');
    expect(await failureOf(put({ subscriptionId: randomUUID() }))).toBe('recurring.invalid');
    const foreign = put({ offerId: 'analytics', planId: 'starter', publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
    const { id } = await charge(theirs);
    expect(await failureOf(put({ subscriptionId: ours, quantity: '9', id }))).toBe(
      'recurring.invalid',
    );
    const { items } = await unlimited.recurring.list.query({ subscriptionId: theirs, limit: 200 });
    expect(items.find((one) => one.id === id)).toMatchObject({ quantity: '1' });
  },

  async 'recurring.remove'() {
    const { id } = await charge(theirs);
    await limited.recurring.remove.mutate({ id }).catch(() => {});
    const { items } = await unlimited.recurring.list.query({ subscriptionId: theirs, limit: 200 });
    expect(items).toContainEqual(expect.objectContaining({ id, nextAt: expect.any(String) }));
  },

  async 'recurring.runs'() {
    const { id } = await charge(theirs);
    const run = {
      chargeId: id,
      subscriptionId: theirs,
      dueAt: fixture.now(),
      ranAt: fixture.now(),
    };
    await fixture.store.kysely
      .insertInto('recurringRuns')
      .values({ ...run, outcome: 'missed', reason: null })
      .execute();
    expect((await unlimited.recurring.runs.query({ id })).items).toHaveLength(1);
    const asked = await limited.recurring.runs.query({ id }).catch(() => ({ items: [] }));
    expect(asked.items).toEqual([]);
  },

  async 'incidents.list'() {
    await incident(OURS, ours);
    await incident(THEIRS, theirs);
    await ofPublisher((client, input) => client.incidents.list.query({ limit: 200, ...input }));
    const { items } = await limited.incidents.list.query({ subscriptionId: theirs });
    expect(items).toEqual([]);
  },

  async 'incidents.settle'() {
    const settle = (incidentId: string, input = {}) =>
      failureOf(limited.incidents.settle.mutate({ incidentId, reason: 'credited', ...input }));
    expect(await settle(await incident(OURS, ours))).toBeUndefined();
    const foreign = await incident(THEIRS, theirs);
    expect(await settle(foreign)).toBe('incident.not-found');
    expect(await settle(foreign, { publisherId: THEIRS })).toBe('publisher.not-found');
  },

  async 'thresholds.list'() {
    const limit = { dimension: 'reports', units: '5' };
    await unlimited.thresholds.put.mutate({ ...limit, subscriptionId: ours });
    await unlimited.thresholds.put.mutate({ ...limit, subscriptionId: theirs });
    const seen = async (client: Client, input = {}) =>
      (await client.thresholds.list.query(input)).items.map((row) => row.subscriptionId);
    expect(await seen(limited)).toEqual([ours]);
    expect(await seen(limited, { subscriptionId: theirs })).toEqual([]);
    expect((await seen(unlimited)).toSorted()).toEqual([ours, theirs].toSorted());
    const foreign = limited.thresholds.list.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'thresholds.put'() {
    const limit = { dimension: 'exports', units: '5' };
    await ofSubscription((subscriptionId) =>
      limited.thresholds.put.mutate({ ...limit, subscriptionId }),
    );
  },

  async 'thresholds.remove'() {
    await ofSubscription((subscriptionId) =>
      limited.thresholds.remove.mutate({ dimension: 'none', subscriptionId }),
    );
  },
};

test('every public procedure of this service is tested with a limited key', () => {
  const paths = Object.entries(billingProcedures as Procedures).flatMap(([namespace, specs]) =>
    Object.keys(specs).map((name) => `${namespace}.${name}`),
  );
  expect(Object.keys(tests).toSorted()).toEqual(paths.toSorted());
});

test.each(Object.entries(tests))(
  '%s gives a limited key no access to anything of another publisher',
  async (_path, reaches) => await reaches(),
);
