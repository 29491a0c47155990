import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decimal, decimalText } from '@landfall/domain/decimal';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { cursorText } from './cursor-text.ts';
import type { Db } from '../db/schema.ts';
import { type ListedHour, selectHours } from '../store/hours.ts';
import { expiryOf } from '../store/submissions.ts';
import { subscriptionKey } from '../store/subscriptions.ts';

const hourCursor = z.tuple([
  z.iso.datetime(),
  cursorText,
  cursorText,
  cursorText,
  z.union([z.literal(''), z.iso.datetime()]),
]);

type UsageHours = Handler<(typeof billingProcedures)['usage']['hours']>;

/** Hours with Microsoft's answers, latest first. */
export function usageHours(db: Db): UsageHours {
  return async ({ subscriptionId, limit, cursor, ...filter }) => {
    const after = decodeKey(cursor, hourCursor);
    if (after instanceof Rejection) return after;
    const id = subscriptionId === undefined ? undefined : subscriptionKey(subscriptionId);
    const page = { after, limit: limit + 1 };
    const found = await selectHours(db.kysely, { ...filter, subscriptionId: id }, page);
    const { rows, nextCursor } = cutPage(found, limit, cursorOf);
    return { items: rows.map(view), nextCursor };
  };
}

function view(row: ListedHour) {
  return {
    subscriptionId: row.subscriptionId,
    dimension: row.dimension,
    planId: row.planId,
    hour: row.hour.toISOString(),
    used: textOf(row.used),
    reported: textOf(row.reported),
    billed: row.billed === null ? undefined : textOf(row.billed),
    state: row.state,
    status: row.status ?? undefined,
    usageEventId: row.usageEventId ?? undefined,
    problem: row.problem ?? undefined,
    resentBecause: row.resentBecause ?? undefined,
    attempts: row.attempts,
    expiresAt: mayBeSent(row) ? expiryOf(row).toISOString() : undefined,
    settledAt: row.settledAt?.toISOString(),
    isTest: row.isTest,
  };
}

/** A refused hour can be sent again, unless Microsoft already has a quantity for it. */
function mayBeSent({ state, problem }: ListedHour): boolean {
  return state === 'refused' ? problem !== 'quantity-mismatch' : !FINAL.has(state);
}

const FINAL: ReadonlySet<string> = new Set(['settled', 'writtenOff']);

/** PostgreSQL keeps trailing zeros. */
function textOf(quantity: string): string {
  return decimalText(decimal(quantity));
}

function cursorOf({ hour, subscriptionId, dimension, planId, termStart }: ListedHour): string {
  const of = termStart === null ? ['', ''] : [planId, termStart.toISOString()];
  return encodeKey([hour.toISOString(), subscriptionId, dimension, ...of]);
}
