import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Db } from '../db/schema.ts';
import { approvalsOf } from '../store/approvals.ts';
import { openChange } from '../store/changes.ts';
import { findSubscription, readAnswers, type SubscriptionRecord } from '../store/subscriptions.ts';
import { deadlinesOf } from '../store/timers.ts';
import { viewOf } from './subscription-view.ts';

/** A subscription as callers see it; undefined if it is unknown. */
export async function readView(
  db: Db['kysely'],
  id: string,
): Promise<SubscriptionView | undefined> {
  const record = await findSubscription(db, id);
  return record && (await viewOfRecord(db, record));
}

/** The same for a record that was already read. */
export async function viewOfRecord(
  db: Db['kysely'],
  record: SubscriptionRecord,
): Promise<SubscriptionView> {
  const { id } = record.state;
  const [change, deadlines, answers, approvals] = await Promise.all([
    openChange(db, id),
    deadlinesOf(db, [id]),
    readAnswers(db, id),
    approvalsOf(db, [id]),
  ]);
  return viewOf(record, {
    change,
    deadlines: deadlines.get(id),
    answers,
    decided: approvals.get(id),
  });
}
