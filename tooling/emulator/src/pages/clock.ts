import { html } from 'hono/html';
import { activeFaults, type ActiveFault } from '../market/active-faults.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../market/constants.ts';
import { APIS, ENDPOINT_NAMES } from '../market/endpoint-names.ts';
import { ENDPOINTS, MAIL_REFUSALS } from '../market/faults.ts';
import type { Market } from '../market/market.ts';
import { PRESET_NAMES, PRESETS, type PresetName } from '../market/presets.ts';
import { notice, type Html } from './layout.ts';
import { showTime } from './words.ts';

const STEPS = [
  ['10 seconds', 10 * SECOND_MS],
  ['1 hour', HOUR_MS],
  ['3 hours', 3 * HOUR_MS],
  ['23 hours', 23 * HOUR_MS],
  ['1 day', DAY_MS],
  ['30 days', 30 * DAY_MS],
] as const;

/** The page for the marketplace's clock, and for what goes wrong in it. */
export function clockPage(market: Market, problem?: string): Html {
  return html`<h1>Clock and faults</h1>
    <p class="lead">
      Move time forward, or let something go wrong, and watch how the publisher's side copes.
    </p>
    ${notice(problem, 'problem')}
    <section class="card" data-live="/live/active">${activePart(market)}</section>
    ${presetsCard()} ${clockCard(market)} ${faultForms()}
    <section class="card">
      <h2>Signing keys and data</h2>
      <div class="row">
        <form method="post" action="/clock/rotate"><button>Rotate the signing keys</button></form>
        <form method="post" action="/clock/reset">
          <button class="danger">Delete all purchases, mails and faults</button>
        </form>
      </div>
    </section>`;
}

/** What disturbs the marketplace now, in words, with a button to end it. */
export function activePart(market: Market): Html {
  const active = activeFaults(market);
  const now = market.clock.now();
  return html`<h2>Active now</h2>
    ${
      active.length === 0
        ? html`<p class="quiet">Nothing. The marketplace works as Microsoft's pages say.</p>`
        : html`<ul class="active">
            ${active.map((one) => activeRow(one, now))}
          </ul>`
    }`;
}

function activeRow(fault: ActiveFault, now: number): Html {
  const left = leftText(fault, now);
  return html`<li>
    <div>
      <p><b>${fault.title}</b> ${left === '' ? '' : html`<span class="tag warn">${left}</span>`}</p>
      <p class="small quiet">${fault.text}</p>
    </div>
    <form method="post" action="/clock/faults/${fault.which}/remove">
      <button aria-label="End now: ${fault.title}">End now</button>
    </form>
  </li>`;
}

function leftText({ endsAt, left }: ActiveFault, now: number): string {
  const seconds = endsAt === null ? 0 : Math.ceil((Date.parse(endsAt) - now) / SECOND_MS);
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return [
    ...(endsAt === null ? [] : [`${time} left`]),
    ...(left === null ? [] : [`${left} to go`]),
  ].join(', ');
}

const PRESET_GROUPS: readonly (readonly [string, readonly PresetName[]])[] = [
  ['The marketplace', ['outage', 'slow', 'lag']],
  ['Notifications', ['lose-next', 'duplicate']],
  ['Mails', ['mail-refused', 'mail-later', 'mail-away']],
  ['Time, and the end', ['advance-day', 'reset-faults']],
];

function presetsCard(): Html {
  // A preset that is in no group would be missing on the page.
  const grouped = new Set(PRESET_GROUPS.flatMap(([, names]) => names));
  const others = PRESET_NAMES.filter((name) => !grouped.has(name));
  return html`<section class="card">
    <h2>Let something go wrong</h2>
    ${[...PRESET_GROUPS, ...(others.length === 0 ? [] : [['Others', others] as const])].map(
      ([title, names]) =>
        html`<h3 class="group">${title}</h3>
          <ul class="presets">
            ${names.map(presetButton)}
          </ul>`,
    )}
  </section>`;
}

function presetButton(name: PresetName): Html {
  const { title, text } = PRESETS[name];
  return html`<li>
    <form method="post" action="/clock/presets/${name}">
      <button><b>${title}</b><span>${text}</span></button>
    </form>
  </li>`;
}

function clockCard(market: Market): Html {
  const reading = market.clock.read();
  return html`<section class="card">
    <h2>Clock</h2>
    <p>${showTime(reading.now)} UTC${reading.frozen ? ', frozen' : ''}. ${nextText(reading)}</p>
    <p class="quiet small">
      On a local stack, Landfall's services follow this clock within a second. This affects usage,
      reminders, renewals, suspensions and retention. Sign-in uses real time.
    </p>
    <div class="row">
      ${STEPS.map(
        ([text, ms]) =>
          html`<form method="post" action="/clock/advance">
            <button name="ms" value="${ms}">Advance by ${text}</button>
          </form>`,
      )}
      <form method="post" action="/clock/freeze">
        <button name="frozen" value="${String(!reading.frozen)}">
          ${reading.frozen ? 'Let it run' : 'Freeze'}
        </button>
      </form>
      <form method="post" action="/clock/real"><button>Return to real time</button></form>
    </div>
  </section>`;
}

const TIMER_WORDS: Readonly<Record<string, string>> = {
  deliver: 'a notification is sent',
  autoAccept: 'an unanswered change is accepted',
  processPartner: 'a change of the publisher is processed',
  completeActivation: 'an activation completes',
  voidPending: 'a purchase that was never set up ends',
  endGrace: 'a suspended subscription ends',
  endTerm: 'a term ends',
};

function nextText({
  next,
}: {
  readonly next: { readonly kind: string; readonly at: string } | null;
}): string {
  if (next === null) return 'Nothing is due.';
  return `Next, at ${showTime(next.at)}: ${TIMER_WORDS[next.kind] ?? next.kind}.`;
}

/** For everything that no preset does. */
function faultForms(): Html {
  return html`<section class="card">
    <h2>A fault of your own</h2>
    <div class="groups">
      <section>
        <h3>Calls of the publisher</h3>
        <form class="form" method="post" action="/clock/faults">
          <label
            >Call
            <select name="endpoint">
              ${[...APIS, 'Chat'].map(
                (api) =>
                  html`<optgroup label="${api}">
                    ${ENDPOINTS.filter((name) => ENDPOINT_NAMES[name].api === api).map(
                      (name) =>
                        html`<option value="${name}">${ENDPOINT_NAMES[name].title}</option>`,
                    )}
                  </optgroup>`,
              )}
            </select>
          </label>
          <label
            >What happens
            <select name="what">
              <option value="status">It is answered with an HTTP status</option>
              <option value="drop">The connection is cut without an answer</option>
              <option value="latency">The answer takes longer</option>
            </select>
          </label>
          <label
            >Status, or milliseconds
            <input name="value" type="number" min="0" value="503" />
          </label>
          ${limitFields('calls')}
          <label class="check"
            ><input type="checkbox" name="afterEffect" /> The call has its effect all the
            same</label
          >
          <button>Add the fault</button>
        </form>
      </section>
      <section>
        <h3>Notifications</h3>
        <form class="form" method="post" action="/clock/faults">
          <input type="hidden" name="endpoint" value="webhook" />
          <label
            >What happens
            <select name="what">
              <option value="drop">They are never sent</option>
              <option value="latency">They are sent later</option>
              <option value="duplicate">They are sent several times at once</option>
              <option value="reorder">They are sent after the next one</option>
            </select>
          </label>
          <label
            >Milliseconds, or additional copies
            <input name="value" type="number" min="0" value="1" />
          </label>
          ${limitFields('notifications')}
          <button>Add the fault</button>
        </form>
      </section>
      <section>
        <h3>Mails</h3>
        <form class="form" method="post" action="/clock/faults">
          <input type="hidden" name="endpoint" value="mail" />
          <label
            >What happens
            <select name="refuse">
              ${MAIL_REFUSALS.map(
                (refusal) => html`<option value="${refusal}">${MAIL_WORDS[refusal]}</option>`,
              )}
            </select>
          </label>
          <label
            >Only for the address <span class="hint">every address if empty</span>
            <input name="recipient" type="email" />
          </label>
          ${limitFields('mails')}
          <button>Add the fault</button>
        </form>
      </section>
    </div>
  </section>`;
}

const MAIL_WORDS = {
  recipient: 'The mailbox does not exist (550)',
  greylist: 'Try again later (451)',
  away: 'The mail server is away (421)',
} as const;

function limitFields(things: string): Html {
  return html`<div class="grid">
    <label
      >How many ${things} <span class="hint">all if empty</span>
      <input name="count" type="number" min="1" />
    </label>
    <label
      >Seconds <span class="hint">no end if empty</span>
      <input name="seconds" type="number" min="1" />
    </label>
  </div>`;
}
