import { html } from 'hono/html';
import type { Role } from '../../db/schema.ts';
import type { Decided, Member } from '../../store/members.ts';
import { framed, type Frame, type Html } from '../../web/pages/frame.ts';
import { managePath } from '../../web/paths.ts';
import type { Words } from '../../words/words.ts';
import { mayGive, roles } from '../roles.ts';
import { backLink, personName } from './refused.ts';

export type PeopleNotice = Exclude<Decided, 'done'> | 'saved';

interface People {
  readonly subscriptionId: string;
  readonly members: readonly (Member & { role: Role })[];
  readonly waiting: readonly Member[];
  readonly own: { readonly role: Role; readonly objectId: string };
  readonly notice: PeopleNotice | undefined;
}

const NOTICES = {
  saved: 'people.saved',
  unknown: 'people.problem.unknown',
  'owner-only': 'people.problem.ownerOnly',
  'last-owner': 'people.problem.lastOwner',
  'too-many': 'people.problem.tooMany',
} as const;

/** The people who have access or requested it, each with the forms that the reader may use. */
export function peoplePage(frame: Frame, people: People): Html {
  const { words } = frame;
  const { members, waiting, notice, subscriptionId } = people;
  const title = words.t('people.title');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('people.lead')}</p>
      ${notice ? html`<p class="notice" role="status">${words.t(NOTICES[notice])}</p>` : ''}
      <section class="card" aria-labelledby="waiting">
        <h2 id="waiting">${words.t('people.waiting')}</h2>
        ${
          waiting.length === 0
            ? html`<p>${words.t('people.waiting.none')}</p>`
            : html`<ul class="people">
                ${waiting.map((one) => waitingPerson(frame, people, one))}
              </ul>`
        }
      </section>
      <section class="card" aria-labelledby="members">
        <h2 id="members">${words.t('people.members')}</h2>
        <ul class="people">
          ${members.map((one) => memberPerson(frame, people, one))}
        </ul>
      </section>
      <ul class="note">
        ${roles.map((role) => html`<li>${words.t(`people.roles.${role}`)}</li>`)}
        <li>${words.t('people.guests')}</li>
      </ul>
      ${backLink(frame, subscriptionId)}
    `,
  });
}

function waitingPerson(frame: Frame, people: People, person: Member): Html {
  const { words } = frame;
  const name = personName(words, person);
  const since = person.askedAt ? words.t('people.asked', { date: words.date(person.askedAt) }) : '';
  return html`<li>
    <p>${name} <span class="note">${since}</span></p>
    ${roleForm(frame, people, person, {
      selected: 'viewer',
      label: words.t('people.grant'),
    })}
    ${removeForm(frame, people, person, {
      label: words.t('people.refuse'),
    })}
  </li>`;
}

function memberPerson(frame: Frame, people: People, person: Member & { role: Role }): Html {
  const { words } = frame;
  const name = personName(words, person);
  const isSelf = person.objectId === people.own.objectId;
  const you = isSelf ? html` <span class="badge">${words.t('people.you')}</span>` : '';
  if (!mayGive(people.own.role, person.role)) {
    return html`<li>
      <p>${name}${you} <span class="note">${words.t(`people.role.${person.role}`)}</span></p>
    </li>`;
  }
  return html`<li>
    <p>${name}${you}</p>
    ${roleForm(frame, people, person, {
      selected: person.role,
      label: words.t('people.save'),
    })}
    ${removeForm(frame, people, person, {
      label: words.t('people.remove'),
    })}
  </li>`;
}

function roleForm(
  frame: Frame,
  people: People,
  person: Member,
  { selected, label }: { selected: Role; label: string },
): Html {
  const { words } = frame;
  const offered = roles.filter((role) => mayGive(people.own.role, role));
  const name = personName(words, person);
  return html`<form method="post" action="${managePath(people.subscriptionId, '/people')}">
    ${hidden(frame, person, 'set')}
    <select name="role" aria-label="${words.t('people.giveTo', { name })}">
      ${offered.map((role) => option(words, role, selected))}
    </select>
    ${button(label, personName(frame.words, person))}
  </form>`;
}

/** Also names the person, for screen readers, which read one button at a time. */
function button(label: string, name: string): Html {
  return html`<button class="quiet" type="submit">
    ${label} <span class="spoken">${name}</span>
  </button>`;
}

function option(words: Words, role: Role, selected: Role): Html {
  return html`<option value="${role}" ${role === selected ? html`selected` : ''}>
    ${words.t(`people.role.${role}`)}
  </option>`;
}

function removeForm(
  frame: Frame,
  people: People,
  person: Member,
  { label }: { label: string },
): Html {
  return html`<form method="post" action="${managePath(people.subscriptionId, '/people')}">
    ${hidden(frame, person, 'remove')} ${button(label, personName(frame.words, person))}
  </form>`;
}

function hidden({ signedIn }: Frame, person: Member, act: 'set' | 'remove'): Html {
  return html`<input type="hidden" name="formKey" value="${signedIn?.formKey ?? ''}" />
    <input type="hidden" name="person" value="${person.objectId}" />
    <input type="hidden" name="do" value="${act}" />`;
}
