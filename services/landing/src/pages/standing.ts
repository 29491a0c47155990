import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view.ts';
import { dateInWords } from '../term-words.ts';
import { framed, type Frame, type Html } from './frame.ts';
import { purchaseSummary, visitorSummary } from './purchase-summary.ts';

/** A subscription that runs, is suspended or has ended: where it stands and what can be done. */
interface Standing {
  readonly subscription: SubscriptionView;
  readonly planName?: string | undefined;
}

/** Microsoft ends a suspended subscription after this time; its life cycle page names 30 days. */
const SUSPENSION_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
/** "Being prepared" is over within minutes, as a rule. */
const PREPARING_REFRESH_SECONDS = 20;

export function managePage(frame: Frame, { subscription, planName }: Standing): Html {
  const { product } = frame;
  const isPartnerLed = subscription.channel === 'csp';
  return framed(frame, {
    title: 'Your subscription is active',
    body: html`
      <h1>Your subscription is active</h1>
      <p class="actions"><a class="button" href="${product.url}">Open ${product.name}</a></p>
      <section class="card" aria-labelledby="what">
        <h2 id="what">Your subscription</h2>
        ${purchaseSummary(subscription, { product, planName })}
        <p class="note">
          ${
            isPartnerLed
              ? 'A partner bought this for you. Plan, seats and cancellation are changed by the partner.'
              : html`Change the plan or the seats, or cancel, where you bought it: in the
                  <a href="https://portal.azure.com">Azure portal</a> or the
                  <a href="https://admin.microsoft.com">Microsoft 365 admin center</a>.`
          }
        </p>
      </section>
    `,
  });
}

export function suspendedPage(
  frame: Frame,
  { subscription, planName, suspendedAt }: Standing & { suspendedAt: Date | undefined },
): Html {
  const { product } = frame;
  const endsAt = suspendedAt && new Date(suspendedAt.getTime() + SUSPENSION_DAYS * DAY_MS);
  return framed(frame, {
    title: 'Payment is missing',
    body: html`
      <h1>Payment is missing</h1>
      <p class="lead">
        Microsoft could not collect the payment and has suspended this subscription.
        <b>Your data is safe.</b> As soon as the payment is settled, everything works as before.
      </p>
      <p class="notice">
        Without payment Microsoft ends the subscription for good ${SUSPENSION_DAYS} days after the
        suspension${endsAt ? html`, around <b>${dateInWords(endsAt)}</b>` : ''}.
      </p>
      <p class="actions">
        ${
          subscription.channel === 'csp'
            ? 'A partner bought this for you: please ask the partner to settle the payment.'
            : html`<a class="button" href="https://portal.azure.com">Settle it with Microsoft</a>
                <a href="https://admin.microsoft.com">Microsoft 365 admin center</a>`
        }
      </p>
      <section class="card" aria-labelledby="what">
        <h2 id="what">Your subscription</h2>
        ${purchaseSummary(subscription, { product, planName })}
      </section>
    `,
  });
}

export function endedPage(frame: Frame, { subscription, planName }: Standing): Html {
  const { product } = frame;
  return framed(frame, {
    title: 'This subscription has ended',
    body: html`
      <h1>This subscription has ended</h1>
      <p class="lead">
        It cannot be started again. If you would like to use ${product.name} further, buy it anew:
        the new subscription is independent of this one.
      </p>
      <p class="actions">
        <a class="button" href="https://marketplace.microsoft.com">Buy again</a>
      </p>
      <section class="card" aria-labelledby="what">
        <h2 id="what">The ended subscription</h2>
        ${purchaseSummary(subscription, { product, planName })}
        <p class="note">If you still need data from it, please contact support soon.</p>
      </section>
    `,
  });
}

export function preparingPage(frame: Frame): Html {
  return framed(frame, {
    title: 'Still being prepared',
    refreshSeconds: PREPARING_REFRESH_SECONDS,
    body: html`
      <h1>Your purchase is still being prepared</h1>
      <p class="lead" role="status">
        Microsoft has not finished with it yet. This page looks again by itself; you need to do
        nothing.
      </p>
      <p class="actions"><a href="/landing">Look again now</a></p>
    `,
  });
}

/** A visitor of a third organisation: nothing of the purchase is shown. */
export function refusedPage(frame: Frame): Html {
  return framed(frame, {
    title: 'Bought for another organisation',
    body: html`
      <h1>This purchase is for another organisation</h1>
      <p class="lead">
        You are signed in with an account of an organisation that neither bought this nor is it
        meant for. To protect its owner we show nothing of it, and nothing was changed.
      </p>
      ${
        frame.signedIn
          ? html`<section class="card" aria-labelledby="who">
              <h2 id="who">Who you are</h2>
              ${visitorSummary(frame.signedIn.visitor)}
            </section>`
          : ''
      }
      <p class="note">
        If a colleague or a partner sent you the link, ask for it to be opened by somebody of the
        organisation that the purchase is for.
      </p>
    `,
  });
}
