import { html } from 'hono/html';
import type { PersonProblem } from '../../operators/accept-person.ts';
import { gate, type Html } from './frame.ts';

/** A page with one message. */
export function notePage(title: string, text: string): Html {
  return gate(
    title,
    html`<h1>${title}</h1>
      <p class="lead">${text}</p>
      <a class="button" href="/console">Open the console</a>`,
  );
}

/** Offers sign-in, or says which settings are missing for it. `to` is the page that the person wants to see. */
export function signInPage(setup: object, to: string): Html {
  const { missing } = setup as { missing?: readonly string[] };
  if (missing) {
    return gate(
      'Sign-in is not set up',
      html`<h1>Sign-in is not set up</h1>
        <p class="lead">People sign in here with Microsoft Entra ID. These settings are missing:</p>
        <ul>
          ${missing.map((name) => html`<li><code>${name}</code></li>`)}
        </ul>
        <p>
          docs/people-and-keys.md shows how to register the application and where the values are.
        </p>`,
    );
  }
  return gate(
    'Sign in',
    html`<h1>Sign in to Landfall</h1>
      <p class="lead">
        The console is for people of the publisher’s organisation. Your work account needs a role
        here or in Microsoft Entra.
      </p>
      <a class="button" href="${startPath(to)}">${microsoftMark} Sign in with Microsoft</a>`,
  );
}

export function signedOutPage(): Html {
  return gate(
    'You are signed out',
    html`<h1>You are signed out</h1>
      <p class="lead">
        Your session on this computer has ended. You are still signed in to your Microsoft account.
      </p>
      <a class="button" href="/console/sign-in">Sign in again</a>`,
  );
}

/** For a checkout in which the app was never built. */
export function notBuiltPage(): Html {
  return gate(
    'The console is not built',
    html`<h1>The console is not built</h1>
      <p class="lead">
        This installation has no files of the console. The API and all other pages work without it.
      </p>
      <p>Build it in the folder of the repository, then load this page again:</p>
      <pre><code>npm run build</code></pre>
      <p>
        <code>npm start</code> builds it too. <code>CONSOLE_FOLDER</code> names another folder.
      </p>`,
  );
}

/** Microsoft's four squares, as its guidelines for sign-in buttons show them. */
const microsoftMark = html`<svg viewBox="0 0 21 21" aria-hidden="true">
  <path fill="#f25022" d="M0 0h10v10H0z" />
  <path fill="#7fba00" d="M11 0h10v10H11z" />
  <path fill="#00a4ef" d="M0 11h10v10H0z" />
  <path fill="#ffb900" d="M11 11h10v10H11z" />
</svg>`;

function startPath(to: string): string {
  return `/console/sign-in/start?to=${encodeURIComponent(to)}`;
}

/** The script takes the code from the link and sends it. Without script, the person pastes it. */
export function invitationPage(): Html {
  return gate(
    'Invitation',
    html`<h1>You are invited</h1>
      <p class="lead">Sign in with your work account to accept. The invitation works once.</p>
      <form method="post" action="/console/invitation" data-invitation>
        <label>
          Invitation code
          <input name="invitation" required autocomplete="off" spellcheck="false" />
          <small>The part of the link after #.</small>
        </label>
        <button type="submit">Accept and sign in</button>
      </form>`,
  );
}

export function startAgainPage(kind: string): Html {
  const text =
    kind === 'consent-needed'
      ? 'An administrator of your organisation must approve the application first.'
      : kind === 'unavailable'
        ? 'Microsoft cannot sign you in at the moment. Try again in a minute.'
        : 'The sign-in took too long, or it was begun in another browser.';
  return gate(
    'Sign-in was not completed',
    html`<h1>Sign-in was not completed</h1>
      <p class="lead">${text}</p>
      <a class="button" href="/console/sign-in/start">Try again</a>`,
  );
}

const problems: Readonly<Record<PersonProblem, readonly [title: string, text: string]>> = {
  personal: [
    'Use your work account',
    'Personal Microsoft accounts cannot use the console. Sign in with the account of your organisation.',
  ],
  guest: [
    'Guests cannot use the console',
    'Your account is a guest in this organisation. Ask for an account of the organisation itself.',
  ],
  'other-tenant': [
    'Your organisation cannot sign in here',
    'This installation accepts people of one organisation only.',
  ],
  'no-role': [
    'You have no role yet',
    'Send these two ids to an admin of Landfall, who can give you a role or an invitation.',
  ],
  invitation: [
    'This invitation does not work',
    'It was used before, or it has expired. Ask for another one.',
  ],
};

/** Who the person is, so that an admin can give a role without asking for more. */
export function refusedPage(
  problem: PersonProblem,
  person?: { readonly tenantId: string; readonly objectId: string },
): Html {
  const [title, text] = problems[problem];
  return gate(
    title,
    html`<h1>${title}</h1>
      <p class="lead">${text}</p>
      ${
        person && problem === 'no-role'
          ? html`<dl>
              <dt>Tenant</dt>
              <dd><code>${person.tenantId}</code></dd>
              <dt>Object</dt>
              <dd><code>${person.objectId}</code></dd>
            </dl>`
          : ''
      }
      <p>
        <a class="button" href="/console/sign-in/start?account=other"
          >Sign in with another account</a
        >
      </p>`,
  );
}
