import { html } from 'hono/html';
import { framed, type Frame, type Html } from './frame.ts';

/** Microsoft's and our own short outages are over by then, as a rule. */
export const TROUBLE_REFRESH_SECONDS = 15;

interface Retry {
  /** The request changed nothing. */
  readonly isSafeToReload: boolean;
}

/** Somebody behind us does not answer. */
export function unavailablePage(frame: Frame, options: Retry): Html {
  const { isSafeToReload } = options;
  return framed(frame, {
    title: 'One moment please',
    ...(isSafeToReload ? { refreshSeconds: TROUBLE_REFRESH_SECONDS } : {}),
    body: html`
      <h1>One moment please</h1>
      <p class="lead" role="status">
        We cannot reach a service that we need right now. We keep your purchase: nothing is lost.
        ${isSafeToReload ? 'This page tries again by itself.' : ''}
      </p>
      <p class="actions"><a class="button" href="${retryAddress(options)}">Try again now</a></p>
    `,
  });
}

export function brokenPage(frame: Frame, options: Retry): Html {
  return framed(frame, {
    title: 'Something went wrong',
    body: html`
      <h1>Something went wrong on our side</h1>
      <p class="lead">
        Your purchase is not affected. Please try again; if it stays, contact support.
      </p>
      <p class="actions"><a class="button" href="${retryAddress(options)}">Try again</a></p>
    `,
  });
}

/** Empty is the page's own address: a purchase token that could not be stored is still in it. */
function retryAddress({ isSafeToReload }: Retry): string {
  return isSafeToReload ? '' : '/landing';
}

export function notFoundPage(frame: Frame): Html {
  return framed(frame, {
    title: 'Not found',
    body: html`
      <h1>There is no such page</h1>
      <p class="lead">
        Or it belongs to somebody else. If it is yours, sign in with the account that you used
        before.
      </p>
      <p class="actions">
        <a class="button" href="/landing">Go to your purchase</a>
        <a href="/landing/sign-in?account=other">Use another account</a>
      </p>
    `,
  });
}

/** A form without the key of this session: of another site, or of a session that is over. */
export function formRefusedPage(frame: Frame): Html {
  return framed(frame, {
    title: 'Please try again',
    body: html`
      <h1>Please try again</h1>
      <p class="lead">This form was too old or did not come from our page. Nothing was changed.</p>
      <p class="actions"><a class="button" href="/landing">Open it again</a></p>
    `,
  });
}
