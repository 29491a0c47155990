import { html } from 'hono/html';
import type { Person } from '../authority/identities.ts';
import { bare, notice, type Html } from './layout.ts';

/** Pick a person with one click, or type an address and a password. */
export function signInPage(show: {
  readonly people: readonly Person[];
  /** Where the form goes: the authorize request itself. */
  readonly action: string;
  readonly loginHint: string;
  readonly signedIn: Person | undefined;
  readonly problem: string | undefined;
}): Html {
  const [first] = show.people;
  return signInLayout(
    'Sign in',
    html`<h1>Sign in</h1>
      <p class="quiet">Test accounts on this machine. Nothing here reaches Microsoft.</p>
      ${notice(show.problem, 'problem')}
      <section class="card">
        <h2>Pick an account</h2>
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
        <h2>Use an address</h2>
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
            >Password <small>(the same for all test accounts)</small>
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

/** Carries the answer to the application in a form, for `response_mode=form_post`. */
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

/** For errors that cannot be sent to the application, because its address is not trusted. */
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
  return bare({ title, className: 'sign-in', body: html`<main>${body}</main>` });
}
