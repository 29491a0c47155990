import { html } from 'hono/html';
import type { RejectionCode } from '@landfall/contracts/rejections';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Message } from '../../clients/subscriptions.ts';
import { ownText, textOf } from '../../offer-pages/pages/question-fields.ts';
import type { Member } from '../../store/members.ts';
import { framed, linkTo, type Frame, type Html } from '../../web/pages/frame.ts';
import { ADMIN_CENTER, AZURE_PORTAL } from '../../web/pages/guide.ts';
import { managePath } from '../../web/paths.ts';
import type { Words } from '../../words/words.ts';
import type { Right } from '../roles.ts';

/** Why something is not possible: a rejection of the worker, or a problem that our own forms detect. */
export type Reason =
  | RejectionCode
  | 'plan-unknown'
  | 'plan-refused'
  | 'no-other-plan'
  | 'changed-meanwhile';

/** The reason in words, and where else it can be done. */
export function reasonInWords(
  { words }: Frame,
  { channel, status }: Pick<SubscriptionView, 'channel' | 'status'>,
  reason: Reason,
): Html | string {
  switch (reason) {
    case 'subscription.read-only':
      return channel === 'csp'
        ? words.t('manage.why.partner')
        : words.html('manage.why.marketplace', {
            azure: linkTo(AZURE_PORTAL),
            m365: linkTo(ADMIN_CENTER),
          });
    case 'subscription.not-subscribed':
      return words.t(status === 'Suspended' ? 'manage.why.suspended' : 'manage.why.pending');
    case 'subscription.ended':
      return words.t('manage.why.ended');
    case 'subscription.change-pending':
      return words.t('manage.why.busy');
    case 'change.not-per-seat':
      return words.t('manage.why.flatRate');
    case 'change.same-plan':
      return words.t('manage.why.samePlan');
    case 'change.same-quantity':
      return words.t('manage.why.sameSeats');
    case 'change.refused-often':
      return words.t('manage.why.refusedOften');
    case 'change.quantity-invalid':
      return words.t('manage.why.seatsInvalid');
    case 'plan-unknown':
      return words.t('manage.why.planUnknown');
    case 'plan-refused':
      return words.t('manage.why.planRefused');
    case 'no-other-plan':
      return words.t('manage.why.noOtherPlan');
    case 'changed-meanwhile':
      return words.t('manage.why.changedMeanwhile');
    default:
      return words.t('manage.why.other');
  }
}

export function refusedPage(
  frame: Frame,
  { subscription, reason }: { subscription: SubscriptionView; reason: Reason },
): Html {
  const { words } = frame;
  const title = words.t('manage.refused.title');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${reasonInWords(frame, subscription, reason)}</p>
      <p>${words.t('manage.refused.unchanged')}</p>
      ${backLink(frame, subscription.id)}
    `,
  });
}

/** The role does not permit it. The page lists the people who may. */
export function deniedPage(
  frame: Frame,
  denied: { subscriptionId: string; needs: Right; able: readonly Member[] },
): Html {
  const { words } = frame;
  const title = words.t('manage.denied.title');
  const lead = denied.needs === 'read' ? 'change' : denied.needs;
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t(`manage.denied.${lead}`)}</p>
      ${peopleList(frame, denied.able)} ${backLink(frame, denied.subscriptionId)}
    `,
  });
}

/** The publisher's reasons for refusing something. */
export function publisherReasons(frame: Frame, messages: readonly Message[]): Html | string {
  if (messages.length === 0) return '';
  return html`${messages.map((one) => html`<p class="note">${ownText(textOf(frame, one))}</p>`)}`;
}

export function peopleList({ words }: Frame, people: readonly Member[]): Html {
  return html`<ul class="names">
    ${people.map((one) => html`<li>${personName(words, one)}</li>`)}
  </ul>`;
}

/** A name that colleagues recognise. The address distinguishes people with the same name. */
export function personName(words: Words, { name, email }: Pick<Member, 'name' | 'email'>): string {
  if (name && email) return `${name} (${email})`;
  return name ?? email ?? words.t('people.nameless');
}

export function backLink({ words }: Frame, subscriptionId: string): Html {
  return html`<p class="actions">
    <a href="${managePath(subscriptionId)}">${words.t('manage.back')}</a>
  </p>`;
}
