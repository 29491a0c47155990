import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Subscriptions, TimelineEntry } from '../clients/subscriptions.ts';
import type { Db } from '../db/schema.ts';
import { whoAskedFor } from '../store/members.ts';
import type { Words } from '../words/words.ts';
import type { Ending } from './pages/standing.ts';

/** The end and its cause are among the newest entries, because only reminders and the erasure follow. */
const LOOK = 50;

/**
 * When and why a subscription ended. The reason comes from the timeline and is never guessed. `namesFor`: the
 * tenant of a reader in the customer's own organisation, who may see who cancelled.
 */
export async function endingOf(
  {
    db,
    subscriptions,
  }: { readonly db: Db; readonly subscriptions: Pick<Subscriptions, 'history'> },
  of: { subscription: SubscriptionView; words: Words; namesFor: string | undefined },
): Promise<Ending> {
  const { subscription, words, namesFor } = of;
  const page = await subscriptions.history(subscription.id, { limit: LOOK });
  const entries = page?.items ?? [];
  const end = entries.findIndex(({ kind }) => kind === 'unsubscribed');
  const ended = entries[end];
  const cause = causeOf(entries.slice(Math.max(0, end)), subscription, ended?.at);
  const at = ended && new Date(ended.at);
  if (cause.key !== 'cancelled') return { at, why: words.t(`standing.why.${cause.key}`) };
  const { changeId } = cause;
  const asked = { subscriptionId: subscription.id, changeIds: [changeId] };
  const name =
    namesFor === undefined
      ? undefined
      : (await whoAskedFor(db, { ...asked, tenantId: namesFor })).get(changeId);
  const why =
    name === undefined
      ? words.t('standing.why.cancelled')
      : words.t('standing.why.cancelledBy', { name });
  return { at, why };
}

type Cause =
  | { readonly key: 'payment' | 'notRenewed' | 'notActivated' | 'bySeller' | 'elsewhere' }
  | { readonly key: 'cancelled'; readonly changeId: string };

/** `before`: the entries up to the end, newest first. */
function causeOf(
  before: readonly TimelineEntry[],
  { autoRenew, term }: SubscriptionView,
  endedAt: string | undefined,
): Cause {
  const requested = before.find(
    ({ kind, details }) => kind === 'changeRequested' && details['change'] === 'Unsubscribe',
  );
  const failed = before.some(
    ({ kind, details }) =>
      kind === 'changeFailed' && details['changeId'] === requested?.details['changeId'],
  );
  const changeId = requested?.details['changeId'];
  if (requested && !failed && typeof changeId === 'string') {
    return requested.details['origin'] === 'publisher'
      ? { key: 'bySeller' }
      : { key: 'cancelled', changeId };
  }
  const last = before.find(({ kind }) => kind === 'suspended' || kind === 'reinstated');
  if (last?.kind === 'suspended') return { key: 'payment' };
  const wasActive = before.some(({ kind }) => kind === 'activated' || kind === 'renewed');
  if (!wasActive && before.some(({ kind }) => kind === 'purchased')) return { key: 'notActivated' };
  const isTermOver = endedAt !== undefined && term.endDate !== undefined && term.endDate <= endedAt;
  return { key: !autoRenew && isTermOver ? 'notRenewed' : 'elsewhere' };
}
