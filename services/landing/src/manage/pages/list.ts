import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Role } from '../../db/schema.ts';
import { testBadge } from '../../purchase/pages/purchase-summary.ts';
import { framed, type Frame, type Html } from '../../web/pages/frame.ts';
import { LIST_PATH, managePath } from '../../web/paths.ts';
import type { Words } from '../../words/words.ts';
import { whichWords } from './which.ts';

export interface Listed {
  readonly subscription: SubscriptionView;
  readonly planName: string;
  readonly role: Role;
}

export function listPage(
  frame: Frame,
  page: { listed: readonly Listed[]; next: string | undefined; isFirst: boolean },
): Html {
  const { words } = frame;
  const { listed, next, isFirst } = page;
  const isEmpty = listed.length === 0 && isFirst && !next;
  const title = words.t(isEmpty ? 'manage.list.empty' : 'manage.list.title');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t(isEmpty ? 'manage.list.emptyHelp' : 'manage.list.lead')}</p>
      ${
        listed.length > 0
          ? html`<ul class="list card">
              ${listed.map((one) => item(words, one))}
            </ul>`
          : ''
      }
      <p class="actions">
        ${isFirst ? '' : html`<a href="${LIST_PATH}">${words.t('manage.list.title')}</a>`}
        ${next ? html`<a href="${LIST_PATH}?after=${next}">${words.t('manage.list.more')}</a>` : ''}
      </p>
    `,
  });
}

/** The customer's name for the subscription, and what distinguishes it from others. */
function item(words: Words, { subscription, planName, role }: Listed): Html {
  const { id, name } = subscription;
  return html`<li>
    <a href="${managePath(id)}">${name || planName}</a>
    <span class="badge">${words.t(statusKey(subscription))}</span>
    ${testBadge(words, subscription)}
    <p class="note">${whichWords(words, { subscription, planName })}</p>
    <p class="note">${words.t(`people.role.${role}`)}</p>
  </li>`;
}

function statusKey({ status, isFreeTrial, unrecognisedStatus }: SubscriptionView) {
  if (unrecognisedStatus !== undefined) return 'manage.status.pending';
  switch (status) {
    case 'Subscribed':
      return isFreeTrial ? 'manage.status.trial' : 'manage.status.active';
    case 'Suspended':
      return 'manage.status.suspended';
    case 'Unsubscribed':
      return 'manage.status.ended';
    default:
      return 'manage.status.pending';
  }
}
