import { html } from 'hono/html';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../market/constants.ts';
import { ENDPOINTS } from '../market/faults.ts';
import type { Market } from '../market/market.ts';
import { ODDITIES, type Oddity } from '../market/oddities.ts';
import { notice, showTime, type Html } from './layout.ts';

const STEPS = [
  ['10 seconds', 10 * SECOND_MS],
  ['1 hour', HOUR_MS],
  ['3 hours', 3 * HOUR_MS],
  ['23 hours', 23 * HOUR_MS],
  ['1 day', DAY_MS],
  ['30 days', 30 * DAY_MS],
] as const;

/** The page for the marketplace's clock, faults, settings and oddities. */
export function clockPage(market: Market, problem?: string): Html {
  return html`<h1>Clock and faults</h1>
    ${notice(problem, 'problem')} ${clockCard(market)} ${faultsCard(market)} ${settingsCard(market)}
    ${odditiesCard(market)}
    <section class="card">
      <h2>Signing keys and data</h2>
      <div class="row">
        <form method="post" action="/clock/rotate"><button>Rotate signing keys</button></form>
        <form method="post" action="/clock/reset">
          <button class="danger">Delete all purchases and reset the settings</button>
        </form>
      </div>
    </section>`;
}

function clockCard(market: Market): Html {
  const reading = market.clock.read();
  return html`<section class="card">
    <h2>Clock</h2>
    <p>
      ${showTime(reading.now)} UTC${reading.frozen ? ', frozen' : ''}. ${reading.timers} timers are
      set${reading.next ? `, the next is ${reading.next.kind} at ${showTime(reading.next.at)}` : ''}.
    </p>
    <p class="quiet">
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
          ${reading.frozen ? 'Run' : 'Freeze'}
        </button>
      </form>
      <form method="post" action="/clock/real"><button>Return to real time</button></form>
    </div>
  </section>`;
}

function faultsCard(market: Market): Html {
  const { faults } = market.state;
  return html`<section class="card">
    <h2>Faults</h2>
    ${
      faults.length === 0
        ? html`<p class="quiet">
            No faults are set. Add one to see how Landfall handles an error, a lost notification or
            a slow answer.
          </p>`
        : html`<ul class="plans">
            ${faults.map(
              ({ id, ...fault }) =>
                html`<li>
                  <code>${JSON.stringify(fault)}</code>
                  <form method="post" action="/clock/faults/${id}/remove">
                    <button aria-label="Remove the fault on ${fault.endpoint}">Remove</button>
                  </form>
                </li>`,
            )}
          </ul>`
    }
    <form class="grid" method="post" action="/clock/faults">
      <label
        >Endpoint
        <select name="endpoint">
          <option>webhook</option>
          ${ENDPOINTS.map((endpoint) => html`<option>${endpoint}</option>`)}
        </select>
      </label>
      <label
        >Effect
        <select name="what">
          <option value="status">answer with an HTTP status</option>
          <option value="drop">drop the connection; for the webhook: never send</option>
          <option value="latency">delay the answer or the notification</option>
          <option value="duplicate">send each notification several times</option>
          <option value="reorder">send each notification after the next one</option>
        </select>
      </label>
      <label
        >Value <small>(status, ms or copies)</small>
        <input name="value" type="number" min="0" value="503" />
      </label>
      <label
        >How often <small>(empty: every time)</small>
        <input name="count" type="number" min="1" />
      </label>
      <label class="check"
        ><input type="checkbox" name="afterEffect" /> fail after the call has had its effect</label
      >
      <button class="primary">Add fault</button>
    </form>
  </section>`;
}

function settingsCard(market: Market): Html {
  const { settings } = market.state;
  return html`<section class="card">
    <h2>Publisher's technical configuration</h2>
    <form class="form" method="post" action="/clock/settings">
      <label
        >Landing page
        <input name="landingUrl" type="url" value="${settings.landingUrl ?? ''}" />
      </label>
      <label
        >Connection webhook
        <input name="webhookUrl" type="url" value="${settings.webhookUrl ?? ''}" />
      </label>
      <label
        >Version of the token on notifications
        <select name="tokenVersion">
          <option value="2" ${settings.tokenVersion === 2 ? 'selected' : ''}>version 2</option>
          <option value="1" ${settings.tokenVersion === 1 ? 'selected' : ''}>version 1</option>
        </select>
      </label>
      <label
        >Duration of an activation <small>(ms)</small>
        <input
          name="activationDelayMs"
          type="number"
          min="0"
          value="${settings.activationDelayMs}"
        />
      </label>
      <label
        >Delays of records <small>(ms, separated by commas, one is chosen; oddity recordLag)</small>
        <input name="recordLagMs" value="${settings.recordLagMs.join(', ')}" />
      </label>
      <label
        >Delay of the first Get <small>(ms; oddity firstGetLate)</small>
        <input name="firstGetLateMs" type="number" min="0" value="${settings.firstGetLateMs}" />
      </label>
      <label
        >Delay of Get Operation <small>(ms; oddity getOperationLate)</small>
        <input
          name="getOperationLateMs"
          type="number"
          min="0"
          value="${settings.getOperationLateMs}"
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          name="activationFails"
          ${settings.activationFails ? 'checked' : ''}
        />
        Activations fail
      </label>
      <button class="primary">Save</button>
    </form>
  </section>`;
}

function odditiesCard(market: Market): Html {
  const { oddities } = market.state.settings;
  return html`<section class="card">
    <h2>Oddities</h2>
    <p class="quiet">
      Where Microsoft's documentation and its behaviour differ. Select an oddity to switch from the
      documented behaviour to the measured one.
    </p>
    <form method="post" action="/clock/oddities">
      ${(Object.keys(ODDITIES) as Oddity[]).map(
        (name) =>
          html`<label class="check">
            <input
              type="checkbox"
              name="${name}"
              ${oddities[name] === 'measured' ? 'checked' : ''}
            />
            <span
              ><code>${name}</code>
              <small>${ODDITIES[name].documented} → ${ODDITIES[name].measured}</small></span
            >
          </label>`,
      )}
      <button class="primary">Save</button>
    </form>
  </section>`;
}
