import { html } from 'hono/html';
import type { Person } from '../authority/identities.ts';
import { bare, notice, type Html } from './layout.ts';

/** Choose a person with one click, or enter an e-mail address and a password. */
export function signInPage(show: {
  readonly people: readonly Person[];
  /** The form's target: the authorize request itself. */
  readonly action: string;
  readonly loginHint: string;
  readonly signedIn: Person | undefined;
  readonly problem: string | undefined;
}): Html {
  const [first] = show.people;
  return signInLayout(
    'Sign in',
    html`<h1>Sign in</h1>
      <p class="quiet">
        These test accounts exist on this machine only. Nothing is sent to Microsoft.
      </p>
      ${notice(show.problem, 'problem')}
      <section class="card">
        <h2>Choose an account</h2>
        <form method="post" action="${show.action}">
          <ul class="people">
            ${show.people.map(
              (person) =>
                html`<li>
                  <button name="pick" value="${person.email}">
                    ${person.name}${person === show.signedIn ? ' (signed in)' : ''}
                    <small>${person.email} · ${person.tenantName}</small>
                  </button>
                </li>`,
            )}
          </ul>
          <button name="cancel" value="1">Cancel</button>
        </form>
      </section>
      <section class="card">
        <h2>Use an e-mail address</h2>
        <form class="form" method="post" action="${show.action}">
          <label
            >E-mail
            <input
              name="email"
              type="email"
              autocomplete="username"
              required
              value="${show.loginHint}"
            />
          </label>
          <label
            >Password <small>(all test accounts have the same)</small>
            <input
              name="password"
              type="password"
              autocomplete="current-password"
              required
              value="${first?.password ?? ''}"
            />
          </label>
          <button class="primary">Sign in</button>
        </form>
      </section>`,
  );
}

/** Sends the response to the application as a form, for `response_mode=form_post`. */
export function formPostPage(target: string, fields: Readonly<Record<string, string>>): Html {
  return signInLayout(
    'Signed in',
    html`<h1>Signed in</h1>
      <form method="post" action="${target}" data-auto-submit>
        ${Object.entries(fields).map(
          ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
        )}
        <button class="primary">Continue</button>
      </form>`,
  );
}

/** Shows an error that cannot be sent to the application, because its address is not trusted. */
export function errorPage(text: string): Html {
  return signInLayout(
    'Sign-in failed',
    html`<h1>Sign-in failed</h1>
      ${notice(text, 'problem')}`,
  );
}

export function signedOutPage(): Html {
  return signInLayout(
    'Signed out',
    html`<h1>Signed out</h1>
      <p>You can close this page.</p>`,
  );
}

function signInLayout(title: string, body: Html): Html {
  return bare({ title, className: 'alone', body: html`<main>${body}</main>` });
}
