import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { row } from '../../purchase/pages/purchase-summary.ts';
import type { Html } from '../../web/pages/frame.ts';
import type { Words } from '../../words/words.ts';

interface Named {
  readonly subscription: SubscriptionView;
  readonly planName: string;
}

/** Enough of an id to distinguish the subscriptions of one person, and short enough to read out. */
const SHORT_ID_LENGTH = 8;

/** What distinguishes subscriptions of the same plan, in one line: seats, first day, id. */
export function whichWords(words: Words, { subscription, planName }: Named): Html {
  const { id, quantity, term, createdAt } = subscription;
  const since = new Date(term.startDate ?? createdAt);
  const facts = [
    planName,
    quantity === null ? '' : words.t('changes.seats.count', { count: quantity }),
    words.t('manage.which.since', { date: words.date(since) }),
  ].filter(Boolean);
  const shortId = words.t('manage.which.id', { id: id.slice(0, SHORT_ID_LENGTH) });
  return html`${facts.join(' · ')} · <span class="whole">${shortId}</span>`;
}

/** The same as a row for the pages that change it, with the customer's name for the subscription. */
export function whichRow(words: Words, named: Named): Html {
  const { name } = named.subscription;
  const line = whichWords(words, named);
  return row(
    words.t('manage.which'),
    name ? html`<b>${name}</b> <span class="detail note">${line}</span>` : line,
  );
}
