import { html } from 'hono/html';
import type { Words } from '../../words/words.ts';
import { framed, linkTo, strong, type Frame, type Html } from './frame.ts';

/** Where Microsoft's customers find what they bought. */
export const AZURE_PORTAL = 'https://portal.azure.com';
export const ADMIN_CENTER = 'https://admin.microsoft.com';

/** For visitors who came without a purchase: how to open the landing page from one. */
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

/** The link is damaged, or older than the 24 hours for which Microsoft accepts it. */
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

/** When Microsoft refused valid links, it usually accepted them again within seconds. */
const CONFIRMING_REFRESH_SECONDS = 15;
/** Later checks are less frequent: the page now shows the buyer another way. */
const UNCONFIRMED_REFRESH_SECONDS = 60;

/** Microsoft has just refused the link. It sometimes refuses valid ones, so the page checks again. */
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

/** Microsoft keeps refusing the link. The page explains how to get a new one and continues to check this one. */
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

/** Signing in and buying do not work in a browser that rejects cookies. */
export function cookiesPage(frame: Frame, host: string): Html {
  const { words } = frame;
  const title = words.t('signIn.cookies');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.html('signIn.cookiesLead', { host, b: strong })}</p>
      <p>${words.t('signIn.cookiesNote')}</p>
      ${howToOpen(words)}
    `,
  });
}

/** How to get a new link in the Azure portal and in the Microsoft 365 admin center. */
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
