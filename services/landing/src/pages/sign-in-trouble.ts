import { html } from 'hono/html';
import { framed, type Frame, type Html } from './frame.ts';

/** The organisation wants an administrator's approval, or the buyer said no. */
export function consentPage(
  frame: Frame,
  app: { readonly clientId: string; readonly adminConsentUrl: string | undefined },
): Html {
  return framed(frame, {
    title: 'Sign-in was not completed',
    body: html`
      <h1>Sign-in was not completed</h1>
      <p class="lead">
        Either you cancelled, or your organisation asks an administrator to approve new
        applications. We keep your purchase: come back any time within 24 hours of opening it.
      </p>
      <p class="actions"><a class="button" href="/landing/sign-in">Try again</a></p>
      <section class="card" aria-labelledby="admin">
        <h2 id="admin">For your administrator</h2>
        <p>
          We only sign people in and read their basic profile (<code>openid</code>,
          <code>profile</code>, <code>email</code>). We ask for no access to data of the
          organisation.
        </p>
        <p>Application id: <code>${app.clientId}</code></p>
        ${
          app.adminConsentUrl
            ? html`<p>
                <a href="${app.adminConsentUrl}">Approve for the whole organisation</a>
                (administrators only)
              </p>`
            : ''
        }
      </section>
    `,
  });
}

/** The answer of the authority belongs to no sign-in of this browser, or came too late or twice. */
export function startAgainPage(frame: Frame): Html {
  return framed(frame, {
    title: 'Please sign in again',
    body: html`
      <h1>Please sign in again</h1>
      <p class="lead">
        The sign-in took too long or was opened in another browser. Your purchase is not affected.
      </p>
      <p class="actions"><a class="button" href="/landing/sign-in">Sign in</a></p>
    `,
  });
}
