import { html } from 'hono/html';
import { framed, linkTo, type Frame, type Html } from '../../web/pages/frame.ts';
import { signInPath } from '../../web/paths.ts';

/** The requested permissions, shown to the administrator who has to approve them. */
const SCOPES = 'openid profile email';

/** Sign-in needs an administrator's approval, or the buyer declined the permissions. */
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

/** Entra's answer does not match a sign-in of this browser, or came too late or a second time. */
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
