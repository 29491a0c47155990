import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { recurringOutcomes } from '@landfall/contracts/recurring-procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decimal, decimalText, readDecimal, ZERO } from '@landfall/domain/decimal';
import { nextOccurrence } from '@landfall/domain/recurrence';
import { baseOfferId } from '@landfall/domain/subscription';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { unknownIds } from '../catalogue/unknown-ids.ts';
import type { Db, Trx } from '../db/schema.ts';
import { knownDimensions } from '../store/catalogue.ts';
import { chargeFlaw, everyOf, scheduleOf, startFlaw } from '../recurring/schedule.ts';
import type { ChargeRow } from '../store/due-charges.ts';
import {
  endCharge,
  insertCharge,
  listCharges,
  listRuns,
  lockCharge,
  publisherOfCharge,
  updateCharge,
} from '../store/recurring.ts';
import { planOf, publisherOf, subscriptionKey } from '../store/subscriptions.ts';
import { cursorText } from './cursor-text.ts';

type Recurring = Handlers<{ recurring: (typeof billingProcedures)['recurring'] }>['recurring'];
type Wanted = Parameters<Recurring['put']>[0];

const outcome = z.enum(recurringOutcomes);

/** Fixed quantities by schedule. A charge of a plan with an empty publisher id applies to every publisher. */
export function recurringHandlers(deps: { readonly db: Db; readonly now: () => Date }): Recurring {
  const { db, now } = deps;
  return {
    list: async ({ publisherId, subscriptionId: given, limit, cursor }) => {
      const after = decodeKey(cursor, z.tuple([z.uuid()]));
      if (after instanceof Rejection) return after;
      const subscriptionId = given === undefined ? undefined : subscriptionKey(given);
      const filter = { publisherId, subscriptionId };
      const page = { after: after?.[0], limit: limit + 1 };
      const found = await listCharges(db.kysely, filter, page);
      const { rows, nextCursor } = cutPage(found, limit, ({ id }) => encodeKey([id]));
      return { items: rows.map(chargeViewOf), nextCursor };
    },

    put: async (wanted) => {
      const charge = await inTransaction(db, async (trx) => {
        const at = now();
        const before = wanted.id === undefined ? undefined : await lockCharge(trx, wanted.id);
        const charge = await readCharge(trx, wanted, { before, at });
        if (charge instanceof Rejection) return charge;
        if (!before && !(await insertCharge(trx, charge))) return isTaken();
        if (before) await updateCharge(trx, before.id, charge);
        return charge;
      });
      if (charge instanceof Rejection) return charge;
      const { publisherId, offerId, planId } = charge;
      const named =
        offerId === null ? undefined : { publisherId, offerId, planId: planId ?? undefined };
      const warnings = named ? await unknownIds(db, named) : [];
      return { id: charge.id, charge: chargeViewOf(charge), warnings };
    },

    remove: async ({ publisherId, id, dryRun }) =>
      await inTransaction(db, async (trx) => {
        const charge = await lockCharge(trx, id);
        if (!charge || !isOf(charge.publisherId, publisherId)) return notFound();
        const was = chargeViewOf(charge);
        if (charge.endedAt || dryRun) return { removed: false, was };
        await endCharge(trx, id, now());
        return { removed: true, was };
      }),

    runs: async ({ publisherId, id, limit, cursor }) => {
      const after = decodeKey(cursor, z.tuple([z.iso.datetime(), cursorText]));
      if (after instanceof Rejection) return after;
      const owner = await publisherOfCharge(db.kysely, id);
      if (owner === undefined || !isOf(owner, publisherId)) return notFound();
      const found = await listRuns(db.kysely, id, { after, limit: limit + 1 });
      const { rows, nextCursor } = cutPage(found, limit, (last) =>
        encodeKey([last.dueAt.toISOString(), last.subscriptionId]),
      );
      const items = rows.map((row) => ({
        subscriptionId: row.subscriptionId,
        dueAt: row.dueAt.toISOString(),
        outcome: outcome.parse(row.outcome),
        reason: row.reason ?? undefined,
        ranAt: row.ranAt.toISOString(),
      }));
      return { items, nextCursor };
    },
  };
}

/** The row for the charge that was asked for, or why it is refused. */
async function readCharge(
  trx: Trx,
  wanted: Wanted,
  { before, at }: { readonly before: ChargeRow | undefined; readonly at: Date },
): Promise<ChargeRow | Rejection<'recurring.invalid'>> {
  const from = wanted.from === undefined ? (before?.fromAt ?? at) : new Date(wanted.from);
  const until = wanted.until === undefined ? undefined : new Date(wanted.until);
  const flaw = chargeFlaw({ ...wanted, from, until }) ?? (before ? undefined : startFlaw(from, at));
  if (flaw !== undefined) return invalid(flaw);
  const owner = await ownerOf(trx, wanted);
  if (owner instanceof Rejection) return owner;
  const charge: ChargeRow = {
    id: wanted.id ?? randomUUID(),
    publisherId: owner,
    subscriptionId: keyOrNull(wanted.subscriptionId),
    offerId: wanted.offerId === undefined ? null : baseOfferId(wanted.offerId),
    planId: wanted.planId ?? null,
    dimension: wanted.dimension,
    quantity: decimalText(readDecimal(wanted.quantity) ?? ZERO),
    every: wanted.every,
    fromAt: from,
    untilAt: until ?? null,
    label: wanted.label,
    nextAt: null,
    endedAt: null,
  };
  if (before && isOther(before, charge)) return isTaken();
  const unknown = before ? undefined : await dimensionFlaw(trx, charge);
  if (unknown !== undefined) return invalid(unknown);
  return { ...charge, nextAt: nextAtOf(charge, before, at) };
}

/** The publisher of the charge. A subscription that the caller does not own counts as unknown. */
async function ownerOf(
  trx: Trx,
  { publisherId, subscriptionId }: Wanted,
): Promise<string | Rejection<'recurring.invalid'>> {
  if (subscriptionId === undefined) return publisherId ?? '';
  const owner = await publisherOf(trx, subscriptionKey(subscriptionId));
  if (owner !== undefined && (publisherId === undefined || owner === publisherId)) return owner;
  return invalid(
    'This subscription is unknown. Check the ID. A new subscription appears with its first visit, notification or reconciliation.',
  );
}

/** Why the dimension is refused: the plan does not have it. Undefined if the plan is unknown, or belongs to several publishers. */
async function dimensionFlaw(trx: Trx, charge: ChargeRow): Promise<string | undefined> {
  const { publisherId, subscriptionId, offerId, planId, dimension } = charge;
  const ofCharge = publisherId && offerId && planId ? { publisherId, offerId, planId } : undefined;
  const plan = subscriptionId === null ? ofCharge : await planOf(trx, subscriptionId);
  const known = plan && (await knownDimensions(trx, [plan]))(plan);
  if (!plan || !known || known.has(dimension)) return undefined;
  const names = [...known].toSorted().join(', ') || 'none';
  return `Plan "${plan.planId}" has no dimension "${dimension}". It has: ${names}. Capital letters matter.`;
}

/** The runs under one id must all mean the same, so schedule, subscription, plan and dimension cannot change. */
function isOther(before: ChargeRow, charge: ChargeRow): boolean {
  const fixed = [
    'publisherId',
    'subscriptionId',
    'offerId',
    'planId',
    'dimension',
    'every',
  ] as const;
  return (
    before.endedAt !== null ||
    before.fromAt.getTime() !== charge.fromAt.getTime() ||
    fixed.some((field) => before[field] !== charge[field])
  );
}

/** A charge keeps its next run, unless `until` is earlier. A charge whose `until` had passed continues from now on. */
function nextAtOf(charge: ChargeRow, before: ChargeRow | undefined, at: Date): Date | null {
  const schedule = scheduleOf(charge);
  if (!schedule) return before?.nextAt ?? at;
  const first = before ? (before.nextAt ?? nextOccurrence(schedule, at)) : charge.fromAt;
  return first && charge.untilAt && first >= charge.untilAt ? null : (first ?? null);
}

function chargeViewOf(row: ChargeRow) {
  return {
    id: row.id,
    publisherId: row.publisherId || undefined,
    subscriptionId: row.subscriptionId ?? undefined,
    offerId: row.offerId ?? undefined,
    planId: row.planId ?? undefined,
    dimension: row.dimension,
    quantity: decimalText(decimal(row.quantity)),
    every: everyOf(row),
    from: row.fromAt.toISOString(),
    until: row.untilAt?.toISOString(),
    label: row.label,
    nextAt: row.every === 'term' ? undefined : row.nextAt?.toISOString(),
  };
}

function keyOrNull(subscriptionId: string | undefined): string | null {
  return subscriptionId === undefined ? null : subscriptionKey(subscriptionId);
}

function isOf(owner: string, publisherId: string | undefined): boolean {
  return publisherId === undefined || owner === publisherId;
}

function invalid(message: string): Rejection<'recurring.invalid'> {
  return new Rejection('recurring.invalid', message);
}

function isTaken(): Rejection<'recurring.invalid'> {
  return invalid(
    'This id belongs to another recurring quantity, or to a removed one. Only quantity, label and "until" can change; for anything else, use a new id.',
  );
}

function notFound(): Rejection<'recurring.not-found'> {
  return new Rejection(
    'recurring.not-found',
    'No recurring quantity with this ID is available to you. See recurring.list.',
  );
}
