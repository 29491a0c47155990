import { setTimeout as delay } from 'node:timers/promises';
import type { Control } from '@landfall/emulator/control-client';
import type { EndpointFault, InjectedFault } from '@landfall/emulator/faults';
import type { Random } from './random.ts';

type Endpoint = EndpointFault['endpoint'];

const ENDPOINTS: readonly Endpoint[] = [
  'resolve',
  'get',
  'list',
  'activate',
  'patchSubscription',
  'deleteSubscription',
  'listOperations',
  'getOperation',
  'patchOperation',
  'batchUsageEvent',
  'usageEvents',
  'plans',
  'token',
  'keys',
];

/** Calls with an effect: after a lost answer, the caller does not know whether it happened. */
const EFFECTS: readonly Endpoint[] = [
  'activate',
  'patchSubscription',
  'deleteSubscription',
  'patchOperation',
  'batchUsageEvent',
];

/** Answers for single rows of usage that end when they are sent again. Microsoft has not counted the row. */
const ROW_STATUSES = [
  'Error',
  'ResourceNotActive',
  'ResourceNotAuthorized',
  'SomethingNew',
] as const;

/** Long enough for a retry to meet the same fault, short enough for many faults in a run. */
const SPELL_MS = { min: 2_000, max: 7_000 };

/** The share of notifications that are never sent: only reconciliation finds these changes. */
const NEVER_SENT = 0.015;

const notifications: readonly InjectedFault[] = [
  { endpoint: 'webhook', drop: true, probability: NEVER_SENT },
  { endpoint: 'webhook', duplicate: 3, probability: 0.15 },
  { endpoint: 'webhook', reorder: true, probability: 0.08 },
  { endpoint: 'webhook', delayMs: 3_000, probability: 0.12 },
];

/**
 * Makes the marketplace fail, slow down, cut connections, lose answers, repeat and reorder, until
 * the signal.
 */
export async function blow(control: Control, random: Random, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await control.clearFaults();
    for (const fault of notifications) await control.addFault(fault);
    const spells = random.whole(0, 4);
    for (let spell = 0; spell < spells; spell += 1) await control.addFault(trouble(random));
    const spellMs = random.whole(SPELL_MS.min, SPELL_MS.max);
    await delay(spellMs, undefined, { signal }).catch(() => undefined);
  }
  await control.clearFaults();
}

/** Landfall never records an impossible term end, so both sides would differ. */
const UNBELIEVABLE: ReadonlySet<string> = new Set(['termEnd']);

/** No lag, one shorter than a call, and two that are visible only to a later read. */
const LAGS_MS = [0, 50, 2_000, 20_000];

/**
 * In every run, records lag behind their notifications, each by its own delay, and some answers
 * omit fields.
 */
export async function lag(control: Control): Promise<void> {
  const oddities = { recordLag: 'measured', subscriptionFields: 'measured' } as const;
  await control.updateSettings({ oddities, recordLagMs: LAGS_MS });
}

/**
 * Not used: these oddities have no outcome that the checks could compare. Operations whose
 * notification does not identify them, and a cancellation that Microsoft reports as done but does
 * not carry out.
 */
const NOT_COMPARABLE: ReadonlySet<string> = new Set(['notificationId', 'pendingCancel']);

/** Switches on about half of the known oddities. */
export async function beOdd(control: Control, random: Random): Promise<void> {
  const known = Object.keys((await control.settings()).oddities);
  const names = known.filter((name) => !NOT_COMPARABLE.has(name));
  const oddities = Object.fromEntries(
    names.map((name) => [
      name,
      random.chance(0.5) && !UNBELIEVABLE.has(name) ? 'measured' : 'documented',
    ]),
  );
  await control.updateSettings({ oddities });
}

function trouble(random: Random): InjectedFault {
  const endpoint = random.pick(ENDPOINTS);
  const probability = random.pick([0.1, 0.3, 0.7]);
  return random.weighted<() => InjectedFault>([
    [() => ({ endpoint, status: random.pick([500, 502, 503]), probability }), 3],
    [() => ({ endpoint, status: 429, headers: { 'retry-after': '1' }, probability }), 1],
    [() => ({ endpoint, latencyMs: random.whole(100, 4_000), probability }), 3],
    [() => ({ endpoint, drop: true, probability }), 2],
    [() => ({ endpoint: random.pick(EFFECTS), drop: true, afterEffect: true, probability }), 3],
    [() => ({ endpoint: random.pick(EFFECTS), status: 500, afterEffect: true, probability }), 1],
    [() => ({ endpoint: 'batchUsageEvent', rowStatus: random.pick(ROW_STATUSES), probability }), 2],
    [() => ({ endpoint: 'batchUsageEvent', drop: true, afterEffect: true, probability }), 1],
  ])();
}
