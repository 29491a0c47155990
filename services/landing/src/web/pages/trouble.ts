import { html } from 'hono/html';
import { signInPath, type OwnPath } from '../paths.ts';
import { framed, type Frame, type Html } from './frame.ts';

/** Short outages, Microsoft's and our own, are usually over by then. */
export const TROUBLE_REFRESH_SECONDS = 15;

interface Retry {
  /** The request changed nothing. */
  readonly isSafeToReload: boolean;
}

/** A service that the page needs does not answer. */
export function unavailablePage(frame: Frame, options: Retry): Html {
  const { isSafeToReload } = options;
  const { words } = frame;
  const title = words.t('trouble.unavailable');
  return framed(frame, {
    title,
    ...(isSafeToReload ? { refreshSeconds: TROUBLE_REFRESH_SECONDS } : {}),
    body: html`
      <h1>${title}</h1>
      <p class="lead" role="status">
        ${words.t('trouble.unavailableLead')}
        ${isSafeToReload ? words.t('trouble.retriesItself') : ''}
      </p>
      <p class="actions">
        <a class="button" href="${retryAddress(frame, options)}">${words.t('trouble.tryNow')}</a>
      </p>
    `,
  });
}

export function brokenPage(frame: Frame, options: Retry): Html {
  const { words } = frame;
  const title = words.t('trouble.broken');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('trouble.brokenLead')}</p>
      <p class="actions">
        <a class="button" href="${retryAddress(frame, options)}">${words.t('trouble.tryAgain')}</a>
      </p>
    `,
  });
}

/** Empty means the page's own address, which still contains a purchase token that could not be stored. */
function retryAddress({ here }: Frame, { isSafeToReload }: Retry): string {
  return isSafeToReload ? '' : here;
}

export function notFoundPage(frame: Frame): Html {
  const { words, here } = frame;
  const title = words.t('trouble.notFound');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('trouble.notFoundLead')}</p>
      <p class="actions">
        <a class="button" href="/landing">${words.t('trouble.toPurchase')}</a>
        <a href="${signInPath({ back: here, account: 'other' })}"
          >${words.t('trouble.otherAccount')}</a
        >
      </p>
    `,
  });
}

/** The form has no valid key: it comes from another site or another account. */
export function formRefusedPage(frame: Frame, back: OwnPath): Html {
  const { words } = frame;
  const title = words.t('trouble.formRefused');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('trouble.formRefusedLead')}</p>
      <p class="actions">
        <a class="button" href="${back}">${words.t('trouble.openAgain')}</a>
        <a href="${signInPath({ back, account: 'other' })}">${words.t('trouble.otherAccount')}</a>
      </p>
    `,
  });
}
