import { html } from 'hono/html';
import type { z } from 'zod';
import { DEFAULT_KEY_DAYS, MAX_KEY_DAYS, type keyView } from '@landfall/contracts/key-procedures';
import type { operatorView } from '@landfall/contracts/operator-procedures';
import { roleDefinitions, type OperatorRole } from '@landfall/contracts/roles';
import { publishersOf } from '../../operators/caller.ts';
import type { Visit } from '../visit.ts';
import type { keyPresets } from '../../keys/key-presets.ts';
import { page, time, type Html } from './frame.ts';

type Key = z.output<typeof keyView>;
type Operator = z.output<typeof operatorView>;

export interface Shown {
  /** Undefined: all publishers. */
  readonly actsFor: string | undefined;
  /** To choose from. Undefined: they are not known now, and a person enters one. */
  readonly publishers: readonly string[] | undefined;
  /** Undefined: the person may not see them. */
  readonly keys: readonly Key[] | undefined;
  /** What a new key may do; empty if the person may not create one. */
  readonly presets: readonly (readonly [string, (typeof keyPresets)[string]])[];
  readonly operators: readonly Operator[] | undefined;
  /** Roles that the person may give. */
  readonly roles: readonly OperatorRole[];
}

export function consolePage(visit: Visit, shown: Shown): Html {
  const { actsFor, keys, operators } = shown;
  return page(
    'Console',
    html`<h1>${actsFor === undefined ? 'All publishers' : actsFor}</h1>
      ${publisherForm(visit, shown)} ${keys ? keySection(visit, shown, keys) : noAccess()}
      ${operators ? operatorSection(visit, shown, operators) : ''}`,
    account(visit),
  );
}

/** For a person with roles for several publishers who has not chosen one. */
export function choosePublisherPage(visit: Visit): Html {
  return page(
    'Choose a publisher',
    html`<h1>Choose a publisher</h1>
      <p class="lead">You act for one publisher at a time.</p>
      ${publisherForm(visit, { actsFor: undefined, publishers: undefined })}`,
    account(visit),
  );
}

export function account({ session, formKey }: Visit): Html {
  const roles = session.roles.map(
    ({ role, publisherId }) => `${role} (${publisherId ?? 'all publishers'})`,
  );
  return html`<div class="account">
    <p><b>${session.name ?? 'Signed in'}</b> <span>${roles.join(', ')}</span></p>
    <form method="post" action="/console/sign-out">
      <input type="hidden" name="formKey" value="${formKey}" />
      <button class="quiet" type="submit">Sign out</button>
    </form>
  </div>`;
}

function publisherForm(
  { session }: Visit,
  { actsFor, publishers }: Pick<Shown, 'actsFor' | 'publishers'>,
): Html | string {
  const isEverywhere = session.roles.some(({ publisherId }) => publisherId === null);
  const own = publishersOf(session.roles);
  if (!isEverywhere && own.length < 2) return '';
  const field = isEverywhere
    ? publisherInput({ name: 'publisher', value: actsFor, publishers })
    : html`<select id="publisher" name="publisher">
        ${own.map((one) => html`<option ${one === actsFor ? html`selected` : ''}>${one}</option>`)}
      </select>`;
  return html`<form class="row" method="get" action="/console/access">
    <label for="publisher">Publisher</label>
    ${field}
    <button class="quiet" type="submit">Show</button>
  </form>`;
}

function noAccess(): Html {
  return html`<p class="card">
    Your role does not include API keys and people. An admin can change it. What your role includes
    is in docs/people-and-keys.md.
  </p>`;
}

function keySection(visit: Visit, shown: Shown, keys: readonly Key[]): Html {
  const { presets } = shown;
  return html`<section aria-labelledby="keys">
    <h2 id="keys">API keys</h2>
    ${
      keys.length === 0
        ? html`<p class="card">
            There is no API key here yet. A program sends its key with every call. Create one for
            each program, with only the scopes that it needs.
          </p>`
        : html`<ul class="cards">
            ${keys.map((key) => keyCard(visit, key, presets.length > 0))}
          </ul>`
    }
    ${presets.length > 0 ? keyForm(visit, shown) : ''}
  </section>`;
}

function keyCard(visit: Visit, key: Key, mayRevoke: boolean): Html {
  const isLive = key.state === 'active' || key.state === 'rotating';
  return html`<li class="card">
    <h3>${key.label} <span class="state ${key.state}">${key.state}</span></h3>
    <p>
      <code>${key.prefix}…</code> ${key.publisherId ?? 'all publishers'},
      ${key.expiresAt ? html`ends ${time(key.expiresAt)}` : 'has no end'},
      ${key.lastUsedAt ? html`last used ${time(key.lastUsedAt)}` : 'never used'}
    </p>
    <details>
      <summary>${key.scopes.length} scopes</summary>
      <p>${key.scopes.join(', ')}</p>
    </details>
    ${
      isLive && mayRevoke
        ? confirmed(visit, {
            action: '/console/access/keys/revoke',
            field: ['keyId', key.id],
            label: `Revoke “${key.label}”`,
            text: 'Programs with this key stop working within two seconds. This cannot be undone.',
          })
        : ''
    }
  </li>`;
}

function keyForm(visit: Visit, shown: Shown): Html {
  return html`<form class="card" method="post" action="/console/access/keys">
    <h3>Create an API key</h3>
    ${hidden(visit)}
    <label>Label <input name="label" required maxlength="100" autocomplete="off" /></label>
    <fieldset>
      <legend>What the program may do</legend>
      ${shown.presets.map(
        ([name, { label, scopes }], index) =>
          html`<label class="choice">
            <input type="radio" name="preset" value="${name}" ${index === 0 ? html`checked` : ''} />
            <span>${label} <small>${scopes.length} scopes</small></span>
          </label>`,
      )}
    </fieldset>
    ${publisherField(shown)}
    <label>
      Days until it ends
      <input
        name="days"
        type="number"
        min="1"
        max="${MAX_KEY_DAYS}"
        value="${DEFAULT_KEY_DAYS}"
        required
      />
    </label>
    <button type="submit">Create key</button>
  </form>`;
}

function operatorSection(visit: Visit, shown: Shown, operators: readonly Operator[]): Html {
  const { roles } = shown;
  return html`<section aria-labelledby="people">
    <h2 id="people">People</h2>
    ${
      operators.length === 0
        ? html`<p class="card">
            No one has a role here yet. Invite a person, or give app roles in Microsoft Entra.
          </p>`
        : html`<ul class="cards">
            ${operators.map((operator) => operatorCard(visit, operator, roles.length > 0))}
          </ul>`
    }
    ${roles.length > 0 ? inviteForm(visit, shown) : ''}
  </section>`;
}

function operatorCard(visit: Visit, operator: Operator, mayChange: boolean): Html {
  const { operatorId, name, email, role, publisherId, source, lastSignInAt, sessions } = operator;
  const who = name ?? email ?? operator.objectId;
  const field = ['operatorId', operatorId] as const;
  return html`<li class="card">
    <h3>${who} <span class="state">${role}</span></h3>
    <p>
      ${email && email !== who ? html`${email}, ` : ''}${publisherId ?? 'all publishers'},
      ${source === 'entry' ? 'role given here' : 'role given in Microsoft Entra'},
      ${lastSignInAt ? html`last sign-in ${time(lastSignInAt)}` : 'has not signed in yet'},
      ${sessions} open ${sessions === 1 ? 'session' : 'sessions'}
    </p>
    ${
      mayChange && sessions > 0
        ? confirmed(visit, {
            action: '/console/access/operators/end-sessions',
            field,
            label: `Sign out ${who} everywhere`,
            text: 'All sessions end within two seconds. The person may sign in again.',
          })
        : ''
    }
    ${
      mayChange
        ? confirmed(visit, {
            action: '/console/access/operators/remove',
            field,
            label: `Remove ${who}`,
            text:
              source === 'entry'
                ? 'The role and all sessions end.'
                : 'All sessions end. Remove the app role in Microsoft Entra as well, or the next sign-in gives it again.',
          })
        : ''
    }
  </li>`;
}

function inviteForm(visit: Visit, shown: Shown): Html {
  return html`<form class="card" method="post" action="/console/access/operators/invite">
    <h3>Invite a person</h3>
    ${hidden(visit)}
    <fieldset>
      <legend>Role</legend>
      ${shown.roles.map(
        (role, index) =>
          html`<label class="choice">
            <input type="radio" name="role" value="${role}" ${index === 0 ? html`checked` : ''} />
            <span>${role} <small>${roleDefinitions[role].summary}</small></span>
          </label>`,
      )}
    </fieldset>
    ${publisherField(shown)}
    <button type="submit">Create invitation</button>
  </form>`;
}

function publisherField({ actsFor, publishers }: Shown): Html {
  return actsFor === undefined
    ? html`<label>Publisher ${publisherInput({ name: 'publisherId', publishers })}</label>`
    : html`<input type="hidden" name="publisherId" value="${actsFor}" />`;
}

/** Nothing chosen means all publishers. */
function publisherInput({
  name,
  value,
  publishers,
}: {
  readonly name: 'publisher' | 'publisherId';
  readonly value?: string | undefined;
  readonly publishers: readonly string[] | undefined;
}): Html {
  if (publishers === undefined) {
    return html`<input
      id="${name}"
      name="${name}"
      value="${value ?? ''}"
      placeholder="all publishers"
      maxlength="100"
      autocomplete="off"
    />`;
  }
  return html`<select id="${name}" name="${name}">
    <option value="">all publishers</option>
    ${publishers.map((one) => html`<option ${one === value ? html`selected` : ''}>${one}</option>`)}
  </select>`;
}

/** A button behind a summary, so that nothing is ended by one wrong click. */
function confirmed(
  visit: Visit,
  of: {
    readonly action: string;
    readonly field: readonly [string, string];
    readonly label: string;
    readonly text: string;
  },
): Html {
  const [name, value] = of.field;
  return html`<details>
    <summary>${of.label}</summary>
    <form method="post" action="${of.action}">
      ${hidden(visit)}
      <input type="hidden" name="${name}" value="${value}" />
      <p>${of.text}</p>
      <button class="danger" type="submit">${of.label}</button>
    </form>
  </details>`;
}

function hidden({ formKey, publisherId }: Visit): Html {
  return html`<input type="hidden" name="formKey" value="${formKey}" />
    <input type="hidden" name="publisher" value="${publisherId ?? ''}" />`;
}
