import { randomUUID } from 'node:crypto';
import type { BillingProcedures } from '@landfall/contracts/billing-procedures';
import type { createLandfallClient } from '@landfall/client';
import { errorDetails } from '@landfall/client/errors';
import { expectThat } from '../fixture/scenario-fixture.ts';
import type { StackClient } from '../fixture/stack-client.ts';

type Api = ReturnType<typeof createLandfallClient>;

export interface Foreign {
  readonly subscriptionId: string;
  readonly publisherId: string;
  readonly chargeId: string;
  readonly incidentId: string;
  /** A month and a moment in which the other publisher's subscription has usage. */
  readonly usedAt: string;
}

/** The other publisher's settings are for this plan. No one buys it, so they change no bill. */
const PLAN = { offerId: 'analytics', planId: 'isolation-demo' };

type Path = {
  [
    Namespace in keyof BillingProcedures
  ]: `${Namespace}.${keyof BillingProcedures[Namespace] & string}`;
}[keyof BillingProcedures];

/** How a call must end: refused with this code, or answered without anything of the other publisher. */
type Expected = 'subscription.not-found' | 'publisher.not-found' | 'nothing foreign';

type Attempt = readonly [expected: Expected, call: () => Promise<unknown>];

/**
 * Attempts to reach the other publisher through every billing procedure. A procedure without one is a type error.
 */
function attempts(api: Api, foreign: Foreign): Readonly<Record<Path, readonly Attempt[]>> {
  const { subscriptionId, publisherId, chargeId, usedAt, incidentId } = foreign;
  const month = usedAt.slice(0, 7);
  const hour = `${usedAt.slice(0, 13)}:00:00.000Z`;
  const dimension = 'api-calls';
  const list = { limit: 200 };
  const record = { eventId: randomUUID(), subscriptionId, dimension, quantity: '1' };
  const records = [{ ...record, occurredAt: usedAt }];
  const day = { from: `${month}-01T00:00:00Z`, to: new Date().toISOString() };
  const override = { ...PLAN, dimension, included: '1' };
  const meter = { ...PLAN, meter: 'calls', tiers: [{ from: '0', dimension }] };
  const charge = { dimension, quantity: '1', every: 'day', label: 'Fee' } as const;
  const asked = { ...PLAN, termUnit: 'P1M', usage: [{ dimension, quantity: '1' }] };

  const hidden = (call: () => Promise<unknown>): Attempt => ['nothing foreign', call];
  const notMine = (call: () => Promise<unknown>): Attempt => ['publisher.not-found', call];
  const unknown = (call: () => Promise<unknown>): readonly Attempt[] => [
    ['subscription.not-found', call],
  ];
  return {
    'usage.refusals': [
      hidden(() => api.usage.refusals.query(list)),
      notMine(() => api.usage.refusals.query({ publisherId })),
    ],
    // The caller's own refusals then name the subscription, as the caller wrote it.
    'usage.report': [
      hidden(() => api.usage.report.mutate({ records })),
      notMine(() => api.usage.report.mutate({ records, publisherId })),
    ],
    'usage.hours': [
      hidden(() => api.usage.hours.query(list)),
      hidden(() => api.usage.hours.query({ subscriptionId })),
      notMine(() => api.usage.hours.query({ publisherId })),
    ],
    'usage.records': unknown(() => api.usage.records.query({ subscriptionId, ...day })),
    'usage.days': unknown(() => api.usage.days.query({ subscriptionId })),
    'usage.resend': unknown(() =>
      api.usage.resend.mutate({ subscriptionId, dimension, hour, reason: 'curious' }),
    ),
    'usage.summary': unknown(() => api.usage.summary.query({ subscriptionId })),
    'usage.statement': unknown(() => api.usage.statement.query({ subscriptionId, month })),
    'usage.statements': [
      hidden(() => api.usage.statements.query({ month, ...list })),
      notMine(() => api.usage.statements.query({ month, publisherId })),
    ],
    'usage.progress': [
      hidden(() => api.usage.progress.query({})),
      notMine(() => api.usage.progress.query({ publisherId })),
    ],
    'usage.readBack': [
      hidden(() => api.usage.readBack.query(list)),
      hidden(() => api.usage.readBack.query({ subscriptionId })),
      notMine(() => api.usage.readBack.query({ publisherId })),
    ],
    'usage.preview': [notMine(() => api.usage.preview.query({ ...asked, publisherId }))],
    'usage.previewPlan': unknown(() =>
      api.usage.previewPlan.query({ subscriptionId, month, planId: 'growth' }),
    ),
    'catalogue.list': [
      hidden(() => api.catalogue.list.query(list)),
      notMine(() => api.catalogue.list.query({ publisherId })),
    ],
    'catalogue.history': [
      notMine(() =>
        api.catalogue.history.query({ offerId: 'analytics', planId: 'starter', publisherId }),
      ),
    ],
    'catalogue.refresh': [notMine(() => api.catalogue.refresh.mutate({ publisherId }))],
    'overrides.list': [
      hidden(() => api.overrides.list.query(list)),
      notMine(() => api.overrides.list.query({ publisherId })),
    ],
    'overrides.put': [notMine(() => api.overrides.put.mutate({ ...override, publisherId }))],
    'overrides.remove': [
      notMine(() => api.overrides.remove.mutate({ ...PLAN, dimension, publisherId })),
      hidden(() => api.overrides.remove.mutate({ ...PLAN, dimension })),
    ],
    'meters.list': [
      hidden(() => api.meters.list.query(list)),
      notMine(() => api.meters.list.query({ publisherId })),
    ],
    'meters.put': [notMine(() => api.meters.put.mutate({ ...meter, publisherId }))],
    'meters.remove': [
      notMine(() => api.meters.remove.mutate({ ...PLAN, meter: 'calls', publisherId })),
      hidden(() => api.meters.remove.mutate({ ...PLAN, meter: 'calls' })),
    ],
    'recurring.list': [
      hidden(() => api.recurring.list.query(list)),
      hidden(() => api.recurring.list.query({ subscriptionId })),
      notMine(() => api.recurring.list.query({ publisherId })),
    ],
    'recurring.put': [
      notMine(() => api.recurring.put.mutate({ ...charge, ...PLAN, publisherId })),
      hidden(() => refusedOr(api.recurring.put.mutate({ ...charge, subscriptionId }))),
    ],
    'recurring.remove': [
      notMine(() => api.recurring.remove.mutate({ id: chargeId, publisherId })),
      hidden(() => refusedOr(api.recurring.remove.mutate({ id: chargeId }))),
    ],
    'recurring.runs': [
      notMine(() => api.recurring.runs.query({ id: chargeId, publisherId })),
      hidden(() => refusedOr(api.recurring.runs.query({ id: chargeId }))),
    ],
    'incidents.list': [
      hidden(() => api.incidents.list.query(list)),
      hidden(() => api.incidents.list.query({ subscriptionId })),
      notMine(() => api.incidents.list.query({ publisherId })),
    ],
    'incidents.settle': [
      notMine(() => api.incidents.settle.mutate({ incidentId, reason: 'curious', publisherId })),
      hidden(() => refusedOr(api.incidents.settle.mutate({ incidentId, reason: 'curious' }))),
    ],
    'thresholds.list': [
      hidden(() => api.thresholds.list.query(list)),
      hidden(() => api.thresholds.list.query({ subscriptionId })),
      notMine(() => api.thresholds.list.query({ publisherId })),
    ],
    'thresholds.put': unknown(() =>
      api.thresholds.put.mutate({ subscriptionId, dimension, units: '5' }),
    ),
    'thresholds.remove': unknown(() => api.thresholds.remove.mutate({ subscriptionId, dimension })),
  };
}

/** The code of a rejection counts as an answer, because it reveals nothing about the other publisher. */
async function refusedOr(call: Promise<unknown>): Promise<unknown> {
  return await call.catch((error: unknown) => {
    const { rejection } = errorDetails(error) ?? {};
    if (rejection === undefined) throw error;
    return rejection;
  });
}

/** Tries to reach another publisher's usage and settings through every procedure of billing. Returns their number. */
export async function expectIsolated(api: Api, foreign: Foreign): Promise<number> {
  const tried = Object.entries(attempts(api, foreign));
  for (const [path, calls] of tried) {
    for (const [expected, call] of calls) {
      const found = await call().then(
        (answer) => namesForeign(answer, foreign) ?? 'nothing foreign',
        (error: unknown) => errorDetails(error)?.rejection ?? String(error),
      );
      expectThat(found === expected, `${path} answers: ${expected} (${found})`);
    }
  }
  return tried.length;
}

/** The first item in an answer that belongs to the other publisher. */
function namesForeign(answer: unknown, foreign: Foreign): string | undefined {
  const seen = JSON.stringify(answer);
  const { publisherId, chargeId, incidentId, subscriptionId } = foreign;
  const found = [publisherId, chargeId, incidentId, PLAN.planId].find((name) =>
    seen.includes(`"${name}"`),
  );
  return found ?? (seen.includes(subscriptionId) ? subscriptionId : undefined);
}

/** Gives a publisher's subscription one of each setting, and returns what another publisher must not reach. */
export async function setUpForeign(
  { api }: StackClient,
  of: { readonly subscriptionId: string; readonly publisherId: string; readonly usedAt: string },
): Promise<Foreign & AsyncDisposable> {
  const { subscriptionId, publisherId } = of;
  const dimension = 'api-calls';
  const own = { ...PLAN, publisherId };
  await api.overrides.put.mutate({ ...own, dimension, included: '3' });
  await api.meters.put.mutate({ ...own, meter: 'calls', tiers: [{ from: '0', dimension }] });
  await api.thresholds.put.mutate({ subscriptionId, dimension, units: '1' });
  const from = new Date(Date.parse(of.usedAt) + YEAR_MS).toISOString();
  const fee = { subscriptionId, dimension, quantity: '1', every: 'month', from } as const;
  const { id: chargeId } = await api.recurring.put.mutate({ ...fee, label: 'Fee' });
  const { items } = await api.incidents.list.query({ subscriptionId });
  const incidentId = items[0]?.id;
  expectThat(incidentId !== undefined, 'the crossed limit has opened an incident');
  return {
    ...of,
    chargeId,
    incidentId,
    /** Fails if the other publisher has changed one of them. */
    async [Symbol.asyncDispose]() {
      const limits = await api.thresholds.list.query({ subscriptionId });
      const fees = await api.recurring.list.query({ subscriptionId });
      const incidents = await api.incidents.list.query({ subscriptionId, isSettled: true });
      const removed = await Promise.all([
        api.overrides.remove.mutate({ ...own, dimension }),
        api.meters.remove.mutate({ ...own, meter: 'calls' }),
        api.thresholds.remove.mutate({ subscriptionId, dimension }),
        api.recurring.remove.mutate({ id: chargeId, publisherId }),
      ]);
      expectThat(
        removed.every((one) => one.removed),
        "the first publisher's settings are still there",
      );
      expectThat(limits.items[0]?.units === '1', 'its limit is unchanged');
      expectThat(fees.items.length === 1, `it has one fee (${fees.items.length})`);
      expectThat(incidents.items.length === 0, 'its incident is still open');
    },
  };
}

/** The fee is never due during the scenario. */
const YEAR_MS = 366 * 24 * 60 * 60 * 1000;
