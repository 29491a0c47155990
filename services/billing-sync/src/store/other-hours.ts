import { sql } from 'kysely';
import { plansWithin, standingAt, type SubscriptionVersion } from '@landfall/domain/standing';
import { hourEnd, hourOf, USAGE_WINDOW_MS } from '@landfall/domain/usage';
import type { Db } from '../db/schema.ts';
import type { HourKey } from './hours.ts';

/** A row that will be too old within this time is no use: there must be room for an outage and a few repeats. */
const WINDOW_RESERVE_MS = 10 * 60 * 1000;

const HOUR_MS = 60 * 60 * 1000;

/** An hour that may take units of another one. */
export interface OtherHour {
  readonly hour: Date;
  /** A moment in the hour at which the subscription was active. */
  readonly at: Date;
  /** The plan for a new row. */
  readonly planId: string;
  /** Whether the units may join a row of another plan. */
  readonly joinsOtherPlan: boolean;
}

export interface Life {
  readonly endedAt: Date | null;
  readonly versions: readonly SubscriptionVersion[];
}

/** The oldest hour that Microsoft still accepts. */
export function oldestHour(now: Date): Date {
  return hourOf(new Date(now.getTime() - USAGE_WINDOW_MS + WINDOW_RESERVE_MS));
}

/**
 * Hours that may take units when their own hour cannot, the best first. Microsoft accepts a row only under a plan that was in
 * force within its hour. So the units go to the current or the next hour if their plan is still in force, and otherwise to
 * the latest earlier hour in which it was. Failing that, they join a row of another plan: that of their own hour, or of the
 * current hour. If the subscription has ended, no hour after its end is an option.
 */
export function otherHours(
  units: HourKey & { readonly planId: string },
  { endedAt, versions }: Life,
  now: Date,
): readonly OtherHour[] {
  const { planId, hour: own } = units;
  const last = endedAt === null ? now : new Date(Math.min(endedAt.getTime() - 1, now.getTime()));
  const current = hourOf(last);
  const next = hourEnd(current);
  const upcoming = endedAt === null ? [at(current, now), at(next, next)] : [at(current, last)];
  const isOfPlan = ({ hour }: Slot) =>
    plansWithin(versions, { start: hour, end: hourEnd(hour) }).includes(planId);
  const inForce = [...upcoming, ...earlier(current, { versions, now })]
    .filter(({ hour }) => hour.getTime() !== own.getTime())
    .filter(isOfPlan)
    .map(({ hour, at: moment }) => ({ hour, at: moment, planId, joinsOtherPlan: false }));
  const ownRow = { ...at(own, own), planId, joinsOtherPlan: true };
  const presentPlan = standingAt(versions, now)?.planId ?? planId;
  const present = endedAt === null ? upcoming : [];
  return [
    ...inForce,
    ownRow,
    ...present.map(({ hour, at: moment }) => {
      return { hour, at: moment, planId: presentPlan, joinsOtherPlan: true };
    }),
  ];
}

type Slot = Pick<OtherHour, 'hour' | 'at'>;

function at(hour: Date, moment: Date): Slot {
  return { hour, at: moment };
}

/** Whole hours before `current` that Microsoft still accepts and in which the subscription was active, latest first. */
function earlier(
  current: Date,
  { versions, now }: { readonly versions: Life['versions']; readonly now: Date },
): Slot[] {
  const activeSince = Math.min(
    ...versions
      .filter(({ status }) => status === 'Subscribed' || status === 'Suspended')
      .map(({ occurredAt }) => occurredAt.getTime()),
  );
  const oldest = Math.max(oldestHour(now).getTime(), activeSince);
  const slots: Slot[] = [];
  for (let time = current.getTime() - HOUR_MS; time >= oldest; time -= HOUR_MS) {
    const hour = new Date(time);
    slots.push(at(hour, new Date(hourEnd(hour).getTime() - 1)));
  }
  return slots;
}

/** Reads what decides which hours can take units of these subscriptions. */
export async function readLives(
  trx: Db['kysely'],
  subscriptionIds: readonly string[],
): Promise<ReadonlyMap<string, Life>> {
  const ids = [...new Set(subscriptionIds)];
  const subscriptions = await trx
    .selectFrom('subscriptions')
    .select(['id', 'endedAt'])
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  const versions = await trx
    .selectFrom('subscriptionVersions')
    .select(['subscriptionId', 'version', 'occurredAt', 'planId', 'status'])
    .select(['termStart', 'termEnd', 'termUnit'])
    .where('subscriptionId', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  const bySubscription = Map.groupBy(versions, ({ subscriptionId }) => subscriptionId);
  return new Map(
    subscriptions.map(({ id, endedAt }) => [
      id,
      { endedAt, versions: bySubscription.get(id) ?? [] },
    ]),
  );
}
