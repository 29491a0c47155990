import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { PERSONAL_ACCOUNTS_TENANT } from '@landfall/domain/claim';
import { framed, linkTo, strong, type Frame, type Html } from '../../web/pages/frame.ts';
import { ADMIN_CENTER, AZURE_PORTAL } from '../../web/pages/guide.ts';
import { signInPath } from '../../web/paths.ts';
import { purchaseSummary, row } from './purchase-summary.ts';

/** An active, suspended or ended subscription. */
interface Standing {
  readonly subscription: SubscriptionView;
  readonly planName: string | undefined;
}

/** Microsoft cancels a suspended subscription after 30 days (SaaS subscription life cycle, Microsoft Learn). */
const SUSPENSION_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Preparation usually takes a few minutes. */
const PREPARING_REFRESH_SECONDS = 20;

const MARKETPLACE = 'https://marketplace.microsoft.com';

export function managePage(frame: Frame, standing: Standing): Html {
  const { product, words } = frame;
  const isPartnerLed = standing.subscription.channel === 'csp';
  const title = words.t('standing.active');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="actions">
        <a class="button" href="${product.url}">
          ${words.t('frame.openProduct', { product: product.name })}
        </a>
      </p>
      ${subscriptionCard(frame, standing, {
        title: words.t('purchase.subscription'),
        note: isPartnerLed
          ? words.t('standing.byPartner')
          : words.html('standing.whereBought', {
              azure: linkTo(AZURE_PORTAL),
              admin: linkTo(ADMIN_CENTER),
            }),
      })}
    `,
  });
}

export function suspendedPage(
  frame: Frame,
  { suspendedAt, ...standing }: Standing & { suspendedAt: Date | undefined },
): Html {
  const { words } = frame;
  const title = words.t('standing.suspended');
  const endsAt = suspendedAt && new Date(suspendedAt.getTime() + SUSPENSION_DAYS * DAY_MS);
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.html('standing.suspendedLead', { b: strong })}</p>
      <p class="notice">
        ${
          endsAt
            ? words.html('standing.suspendedEndsOn', {
                days: SUSPENSION_DAYS,
                date: words.date(endsAt),
                b: strong,
              })
            : words.t('standing.suspendedEnds', { days: SUSPENSION_DAYS })
        }
      </p>
      <p class="actions">
        ${
          standing.subscription.channel === 'csp'
            ? words.t('standing.askPartner')
            : html`<a class="button" href="${AZURE_PORTAL}">${words.t('standing.settle')}</a>
                <a href="${ADMIN_CENTER}">${words.t('standing.adminCenter')}</a>`
        }
      </p>
      ${subscriptionCard(frame, standing, { title: words.t('purchase.subscription') })}
    `,
  });
}

/** When and why a subscription ended, as far as it is known. */
export interface Ending {
  readonly at: Date | undefined;
  readonly why: string;
}

export function endedPage(
  frame: Frame,
  { ending, ...standing }: Standing & { ending: Ending },
): Html {
  const { product, words } = frame;
  const title = words.t('standing.ended');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('standing.endedLead', { product: product.name })}</p>
      <p class="actions">
        <a class="button" href="${MARKETPLACE}">${words.t('standing.buyAgain')}</a>
      </p>
      ${subscriptionCard(frame, standing, {
        title: words.t('standing.endedSubscription'),
        more: html`
          ${ending.at ? row(words.t('standing.endedOn'), words.date(ending.at)) : ''}
          ${row(words.t('standing.endedWhy'), ending.why)}
        `,
        note: exportHint(frame, standing),
      })}
    `,
  });
}

/** How long data can still be exported: until the erasure, if the worker has scheduled it. */
function exportHint({ words, now }: Frame, { subscription }: Standing): string {
  const erasure = subscription.deadlines?.find(({ kind }) => kind === 'erasure');
  const isAhead = erasure && new Date(erasure.at) > now;
  return isAhead
    ? words.t('standing.endedDataUntil', { date: words.date(new Date(erasure.at)) })
    : words.t('standing.endedData');
}

function subscriptionCard(
  frame: Frame,
  standing: Standing,
  { title, note, more }: { title: string; note?: string | Html; more?: Html },
): Html {
  return html`<section class="card" aria-labelledby="what">
    <h2 id="what">${title}</h2>
    ${purchaseSummary(frame, { ...standing, more })}
    ${note ? html`<p class="note">${note}</p>` : ''}
  </section>`;
}

export function preparingPage(frame: Frame): Html {
  const { words } = frame;
  const title = words.t('standing.preparing');
  return framed(frame, {
    title,
    refreshSeconds: PREPARING_REFRESH_SECONDS,
    body: html`
      <h1>${title}</h1>
      <p class="lead" role="status">${words.t('standing.preparingLead')}</p>
      <p class="actions"><a href="${frame.here}">${words.t('standing.lookAgain')}</a></p>
    `,
  });
}

export interface Refused {
  /** Sign-in to the organisation that the purchase is for. Undefined if it would not help. */
  readonly organisationSignIn: string | undefined;
}

/** For strangers: shows nothing of the purchase, only how to use another account. */
export function refusedPage(frame: Frame, { organisationSignIn }: Refused): Html {
  const { words, signedIn, here } = frame;
  const title = words.t('standing.stranger');
  const visitor = signedIn?.visitor;
  const who = visitor?.email ?? visitor?.name;
  const isPersonal = visitor?.tenantId === PERSONAL_ACCOUNTS_TENANT;
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('standing.strangerLead')}</p>
      ${who ? html`<p>${words.html('signIn.as', { who, b: strong })}</p>` : ''}
      ${
        organisationSignIn
          ? html`<p>${words.t(isPersonal ? 'signIn.personalLead' : 'signIn.memberLead')}</p>
              <p class="actions">
                <a class="button" href="${organisationSignIn}">${words.t('signIn.organisation')}</a>
                <a href="${signInPath({ back: here, account: 'other' })}"
                  >${words.t('signIn.otherAccount')}</a
                >
              </p>`
          : html`${visitor?.isGuest ? html`<p>${words.t('signIn.guestLead')}</p>` : ''}
              <p class="actions">
                <a class="button" href="${signInPath({ back: here, account: 'other' })}">
                  ${words.t('signIn.otherAccount')}
                </a>
              </p>`
      }
      <p class="note">${words.t('standing.strangerNote')}</p>
    `,
  });
}
