import type { SubscriptionEvent, SubscriptionEventType } from './events.ts';
import { isPending, type Subscription } from './subscription.ts';

/** A publisher's settings for an offer. They apply to waits and reminders that start afterwards. */
export interface LifecycleSettings {
  /** If true, Microsoft is asked to activate only after the product has created the customer's space. */
  readonly waitForProduct: boolean;
  /** How long the product may take. */
  readonly timeoutHours: number;
  /** Plans for which a person approves each purchase. */
  readonly manualApproval: 'none' | 'all' | readonly string[];
  /** Days after the purchase is first seen on which to remind of its configuration or approval. */
  readonly configurationReminderDays: readonly number[];
  /** Days before the end of a suspension on which to remind of it. */
  readonly suspensionReminderDays: readonly number[];
  /** Days for which an ended subscription's data is kept. */
  readonly retentionDays: number;
}

/** Microsoft's minimum for `retentionDays` (life cycle page: "retain … for at least seven days"). */
export const MIN_RETENTION_DAYS = 7;
/** Days after which Microsoft voids a purchase without activation, and ends a suspension without payment. */
export const GRACE_DAYS = 30;

/** Settings of an offer for which the publisher has set none. */
export const defaultSettings: LifecycleSettings = {
  waitForProduct: false,
  timeoutHours: 24,
  manualApproval: 'none',
  configurationReminderDays: [1, 14, 25, 29],
  suspensionReminderDays: [7, 1],
  retentionDays: MIN_RETENTION_DAYS,
};

/** Kinds of timers. `provisioningEnd` is the product's deadline; `sourceOffers` reads the private offers of a purchase. */
export const timerKinds = [
  'configurationReminder',
  'configurationEnd',
  'provisioningEnd',
  'suspensionReminder',
  'suspensionEnd',
  'retentionEnd',
  'erasure',
  'sourceOffers',
] as const;

export type TimerKind = (typeof timerKinds)[number];

/** Something to check later. `step` distinguishes timers of one kind: a day, or the number of checks so far. */
export interface Timer {
  readonly kind: TimerKind;
  readonly step: number;
  readonly dueAt: Date;
  /** The date that the timer is about: purchase void, suspension over, or data erased. */
  readonly deadline: Date;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The product learns of the erasure first and can still read the data. A day later, Landfall erases its own. */
const ERASE_AFTER_DAYS = 1;
/** If a purchase or suspension outlives its 30 days at Microsoft, it is read daily for another month. */
const MAX_LATE_LOOKS = 30;

const CONFIGURATION = ['configurationReminder', 'configurationEnd'] as const;
const SUSPENSION = ['suspensionReminder', 'suspensionEnd'] as const;

/** Timers that each event makes pointless. */
const cancelledBy: Partial<Record<SubscriptionEventType, readonly TimerKind[]>> = {
  activated: CONFIGURATION,
  suspended: SUSPENSION,
  reinstated: SUSPENSION,
  provisioned: ['provisioningEnd'],
  provisioningFailed: ['provisioningEnd'],
  activationFailed: ['provisioningEnd'],
  unsubscribed: [...CONFIGURATION, ...SUSPENSION, 'provisioningEnd', 'sourceOffers'],
};

/** The timers that the events of one change cancel, and those they set afterwards. */
export function timersAfter(
  events: readonly SubscriptionEvent[],
  at: Date,
  settings: LifecycleSettings,
): { readonly cancelled: readonly TimerKind[]; readonly set: readonly Timer[] } {
  const cancelled = new Set<TimerKind>();
  let set: Timer[] = [];
  for (const event of events) {
    const endedKinds = cancelledBy[event.type] ?? [];
    for (const kind of endedKinds) cancelled.add(kind);
    const started = startedBy(event, at, settings);
    const replaced = (timer: Timer) =>
      endedKinds.includes(timer.kind) ||
      started.some(({ kind, step }) => kind === timer.kind && step === timer.step);
    set = [...set.filter((timer) => !replaced(timer)), ...started];
  }
  return { cancelled: [...cancelled], set };
}

function startedBy(event: SubscriptionEvent, at: Date, settings: LifecycleSettings): Timer[] {
  switch (event.type) {
    case 'purchased':
      return [...configuration(at, settings), sourceOffers(at)];
    case 'activated':
    case 'planChanged':
    case 'renewed':
      return [sourceOffers(at)];
    case 'provisioningRequested':
      return [{ kind: 'provisioningEnd', step: 0, dueAt: event.dueAt, deadline: event.dueAt }];
    case 'suspended':
      return suspension(at, settings);
    case 'unsubscribed': {
      const dueAt = later(at, Math.max(settings.retentionDays, MIN_RETENTION_DAYS));
      return [{ kind: 'retentionEnd', step: 0, dueAt, deadline: later(dueAt, ERASE_AFTER_DAYS) }];
    }
    case 'erasureDue':
      return [{ kind: 'erasure', step: 0, dueAt: event.dueAt, deadline: event.dueAt }];
    default:
      return [];
  }
}

function configuration(at: Date, settings: LifecycleSettings): Timer[] {
  const deadline = voidedAt(at);
  const reminders = settings.configurationReminderDays.map((day): Timer => ({
    kind: 'configurationReminder',
    step: day,
    dueAt: later(at, day),
    deadline,
  }));
  return [...reminders, { kind: 'configurationEnd', step: 0, dueAt: deadline, deadline }];
}

function suspension(at: Date, settings: LifecycleSettings): Timer[] {
  const deadline = later(at, GRACE_DAYS);
  const reminders = settings.suspensionReminderDays.map((days): Timer => ({
    kind: 'suspensionReminder',
    step: days,
    dueAt: later(deadline, -days),
    deadline,
  }));
  return [...reminders, { kind: 'suspensionEnd', step: 0, dueAt: deadline, deadline }];
}

/** No notification names the private offers of a purchase, so Landfall has to read them. */
function sourceOffers(at: Date): Timer {
  return { kind: 'sourceOffers', step: 0, dueAt: at, deadline: at };
}

/** Whether Microsoft's record must be read before the timer acts, because ours may be stale. */
export function needsReading(kind: TimerKind): boolean {
  return ([...CONFIGURATION, ...SUSPENSION] as readonly TimerKind[]).includes(kind);
}

/** The events of a due timer; none if the subscription's state has moved on. */
export function eventsOfTimer(subscription: Subscription, timer: Timer): SubscriptionEvent[] {
  const { kind, step, deadline: dueAt } = timer;
  switch (kind) {
    case 'configurationReminder':
      if (isPending(subscription) && subscription.approval.state === 'waiting') {
        return [{ type: 'approvalDue', day: step, dueAt }];
      }
      return isUnattended(subscription) ? [{ type: 'configurationDue', day: step, dueAt }] : [];
    case 'suspensionReminder':
      return subscription.status === 'Suspended'
        ? [{ type: 'suspensionEnding', daysLeft: step, dueAt }]
        : [];
    case 'retentionEnd':
      return subscription.status === 'Unsubscribed' ? [{ type: 'erasureDue', dueAt }] : [];
    case 'erasure':
      return subscription.status === 'Unsubscribed' ? [{ type: 'personalDataErased' }] : [];
    default:
      return [];
  }
}

/** The next check of a purchase or suspension that Microsoft should have ended; undefined after a month. */
export function nextLook(subscription: Subscription, timer: Timer, at: Date): Timer | undefined {
  const isLate =
    (timer.kind === 'configurationEnd' && isPending(subscription)) ||
    (timer.kind === 'suspensionEnd' && subscription.status === 'Suspended');
  if (!isLate || timer.step >= MAX_LATE_LOOKS) return undefined;
  return { ...timer, step: timer.step + 1, dueAt: later(at, 1) };
}

/** When Microsoft voids a purchase that was first seen at `seenAt` and is not activated. */
export function voidedAt(seenAt: Date): Date {
  return later(seenAt, GRACE_DAYS);
}

/** Whether a person has to approve purchases of this plan. */
export function needsApproval(
  { manualApproval }: Pick<LifecycleSettings, 'manualApproval'>,
  planId: string,
): boolean {
  return manualApproval === 'all' || (manualApproval !== 'none' && manualApproval.includes(planId));
}

/** The deadline of a product that is asked at `at`. */
export function provisionBy(settings: LifecycleSettings, at: Date): Date {
  return new Date(at.getTime() + settings.timeoutHours * HOUR_MS);
}

/** Whether the customer must act: no one has confirmed the purchase, or its activation has failed. */
function isUnattended(subscription: Subscription): boolean {
  const { state } = subscription.activation;
  return isPending(subscription) && (state === 'none' || state === 'failed');
}

function later(at: Date, days: number): Date {
  return new Date(at.getTime() + days * DAY_MS);
}
