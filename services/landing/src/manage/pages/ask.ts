import { html } from 'hono/html';
import { framed, type Frame, type Html } from '../../web/pages/frame.ts';
import { managePath } from '../../web/paths.ts';

/** For a colleague without a role. It shows the product's name and nothing of the subscription. */
export function askPage(
  frame: Frame,
  { subscriptionId, request }: { subscriptionId: string; request: Request },
): Html {
  const { words, product } = frame;
  const title = words.t(TITLES[request]);
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t(LEADS[request], { product: product.name })}</p>
      ${request === 'none' ? askForm(frame, subscriptionId) : ''}
      ${
        request === 'waiting'
          ? html`<p>${words.t('people.ask.noAnswer', { product: product.name })}</p>`
          : ''
      }
    `,
  });
}

type Request = 'none' | 'waiting' | 'refused' | 'full';

const TITLES = {
  none: 'people.ask.title',
  waiting: 'people.ask.sent',
  refused: 'people.ask.refused',
  full: 'people.ask.title',
} as const;

const LEADS = {
  none: 'people.ask.lead',
  waiting: 'people.ask.sentText',
  refused: 'people.ask.refusedText',
  full: 'people.ask.full',
} as const;

function askForm({ words, signedIn, product }: Frame, subscriptionId: string): Html {
  const send = words.t('people.ask.send');
  return html`<form
    method="post"
    action="${managePath(subscriptionId, '/access')}"
    aria-label="${send}"
  >
    <input type="hidden" name="formKey" value="${signedIn?.formKey ?? ''}" />
    <p class="actions"><button class="button" type="submit">${send}</button></p>
    <p class="note">${words.t('people.ask.shared', { product: product.name })}</p>
  </form>`;
}
