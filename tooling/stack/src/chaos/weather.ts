import { setTimeout as delay } from 'node:timers/promises';
import type { Control } from '@landfall/emulator/control-client';
import type { InjectedFault } from '@landfall/emulator/faults';
import type { Random } from './random.ts';

type ApiFault = Exclude<InjectedFault, { endpoint: 'webhook' }>;
type Endpoint = ApiFault['endpoint'];

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
  'token',
  'keys',
];

/** Calls with an effect: here a lost answer leaves the caller in doubt. */
const EFFECTS: readonly Endpoint[] = [
  'activate',
  'patchSubscription',
  'deleteSubscription',
  'patchOperation',
  'batchUsageEvent',
];

/** Long enough for a retry to meet the same trouble again, short enough for many kinds in a run. */
const SPELL_MS = { min: 2_000, max: 7_000 };

/** Notifications that never come: only reconciliation finds what they would have told. */
const NEVER_SENT = 0.015;

const notifications: readonly InjectedFault[] = [
  { endpoint: 'webhook', drop: true, probability: NEVER_SENT },
  { endpoint: 'webhook', duplicate: 3, probability: 0.15 },
  { endpoint: 'webhook', reorder: true, probability: 0.08 },
  { endpoint: 'webhook', delayMs: 3_000, probability: 0.12 },
];

/** A marketplace that errs, slows, cuts, loses answers, repeats and reorders, until the signal. */
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

/** A term that cannot be true is kept out of the record for good, so that both sides would differ. */
const UNBELIEVABLE: ReadonlySet<string> = new Set(['termEnd']);

/** No lag, one that a call outlasts, and two that only another look sees through. */
const LAGS_MS = [0, 50, 2_000, 20_000];

/** Every run has records that lag behind their notifications, each by its own, and poor answers. */
export async function lag(control: Control): Promise<void> {
  const oddities = { recordLag: 'measured', subscriptionFields: 'measured' } as const;
  await control.updateSettings({ oddities, recordLagMs: LAGS_MS });
}

/**
 * Left out of a run: operations that cannot be told apart by their notification, and a cancellation that
 * Microsoft calls done and does not do, have no outcome that the checks could compare.
 */
const NOT_COMPARABLE: ReadonlySet<string> = new Set(['notificationId', 'pendingCancel']);

/** Switches half of the known oddities of Microsoft's on. */
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
  ])();
}
