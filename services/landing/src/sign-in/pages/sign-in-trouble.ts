import { html } from 'hono/html';
import { signInPath } from '../../web/paths.ts';
import { howToOpen } from '../../web/pages/guide.ts';
import { framed, linkTo, strong, type Frame, type Html } from '../../web/pages/frame.ts';

/** What the sign-in asks for; shown to the administrator who is to approve it. */
const SCOPES = 'openid profile email';

/** The organisation wants an administrator's approval, or the buyer said no. */
export function consentPage(
  frame: Frame,
  app: { readonly clientId: string; readonly adminConsentUrl: string | undefined },
): Html {
  const { words, here } = frame;
  const title = words.t('signIn.notCompleted');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('signIn.notCompletedLead')}</p>
      <p class="actions">
        <a class="button" href="${signInPath({ back: here })}">${words.t('signIn.tryAgain')}</a>
        <a href="${signInPath({ back: here, account: 'other' })}"
          >${words.t('signIn.otherAccount')}</a
        >
      </p>
      <section class="card" aria-labelledby="admin">
        <h2 id="admin">${words.t('signIn.forAdmin')}</h2>
        <p>
          ${words.html('signIn.scopes', {
            scopes: SCOPES,
            code,
          })}
        </p>
        <p>${words.html('signIn.applicationId', { id: app.clientId, code })}</p>
        ${
          app.adminConsentUrl
            ? html`<p>${words.html('signIn.approve', { link: linkTo(app.adminConsentUrl) })}</p>`
            : ''
        }
      </section>
    `,
  });
}

function code(content: Html): Html {
  return html`<code>${content}</code>`;
}

/** The answer of the authority belongs to no sign-in of this browser, or came too late or twice. */
export function startAgainPage(frame: Frame): Html {
  const { words } = frame;
  const title = words.t('signIn.again');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('signIn.againLead')}</p>
      <p class="note">${words.t('signIn.againCookies')}</p>
      <p class="actions">
        <a class="button" href="/landing/sign-in">${words.t('signIn.signIn')}</a>
      </p>
    `,
  });
}

/** Neither a sign-in nor a purchase can be kept for a browser that keeps no cookies. */
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
