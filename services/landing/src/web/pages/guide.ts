import { html } from 'hono/html';
import type { Words } from '../../words/words.ts';
import { framed, linkTo, strong, type Frame, type Html } from './frame.ts';
import { ADMIN_CENTER, AZURE_PORTAL } from '../../purchase/pages/standing.ts';

/** Somebody came without a purchase: how to get here with one. */
export function guidePage(frame: Frame): Html {
  const { product, words } = frame;
  const title = words.t('guide.title');
  const openProduct = words.t('frame.openProduct', { product: product.name });
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('guide.lead', { product: product.name })}</p>
      ${howToOpen(words)}
      <p class="actions">
        ${
          frame.signedIn
            ? html`<a class="button" href="${product.url}">${openProduct}</a>`
            : html`<a class="button" href="/landing/sign-in">${words.t('guide.signIn')}</a>
                <a href="${product.url}">${openProduct}</a>`
        }
      </p>
    `,
  });
}

/** The link is damaged, or older than the day for which Microsoft honours it. */
export function linkExpiredPage(frame: Frame): Html {
  const { words } = frame;
  const title = words.t('guide.expired');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('guide.expiredLead')}</p>
      ${howToOpen(words)}
    `,
  });
}

/** Refusals of good links were over within seconds, as a rule. */
const CONFIRMING_REFRESH_SECONDS = 15;
/** After that the buyer has another way, and Microsoft is not pressed. */
const UNCONFIRMED_REFRESH_SECONDS = 60;

/** Microsoft has just refused the link; it does so with good ones, too, so it is asked again. */
export function confirmingPage(frame: Frame): Html {
  const { words } = frame;
  const title = words.t('guide.confirming');
  return framed(frame, {
    title,
    refreshSeconds: CONFIRMING_REFRESH_SECONDS,
    body: html`
      <h1>${title}</h1>
      <p class="lead" role="status">${words.t('guide.confirmingLead')}</p>
      <p class="actions">
        <a class="button second" href="${frame.here}">${words.t('standing.lookAgain')}</a>
      </p>
    `,
  });
}

/** Microsoft keeps refusing the link: how to get another, while this one is still checked. */
export function unconfirmedPage(frame: Frame): Html {
  const { words } = frame;
  const title = words.t('guide.unconfirmed');
  return framed(frame, {
    title,
    refreshSeconds: UNCONFIRMED_REFRESH_SECONDS,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('guide.unconfirmedLead')}</p>
      ${howToOpen(words)}
      <p class="actions"><a href="${frame.here}">${words.t('standing.lookAgain')}</a></p>
    `,
  });
}

/** The way to a fresh link, for the two places where Microsoft's customers find what they bought. */
export function howToOpen(words: Words): Html {
  return html`
    <div class="card">
      <h2>${words.t('guide.inAzure')}</h2>
      <ol>
        <li>${words.html('guide.azure.open', { link: linkTo(AZURE_PORTAL), b: strong })}</li>
        <li>${words.t('guide.choose')}</li>
        <li>${words.html('guide.azure.configure', { b: strong })}</li>
      </ol>
      <h2>${words.t('guide.inAdminCenter')}</h2>
      <ol>
        <li>${words.html('guide.admin.open', { link: linkTo(ADMIN_CENTER), b: strong })}</li>
        <li>${words.t('guide.choose')}</li>
        <li>${words.html('guide.admin.configure', { b: strong })}</li>
      </ol>
    </div>
  `;
}
