import { html } from 'hono/html';
import type { Market } from '../market/market.ts';
import { ODDITIES, ODDITY_GROUPS, type Oddity } from '../market/oddities.ts';
import { notice, type Html } from './layout.ts';

/** What a publisher configures in Partner Center, and how this marketplace behaves. */
export function settingsPage(market: Market, problem?: string): Html {
  return html`<h1>Settings</h1>
    ${notice(problem, 'problem')} ${settingsCard(market)} ${odditiesCard(market)}`;
}

function settingsCard(market: Market): Html {
  const { settings } = market.state;
  return html`<form class="card" method="post" action="/clock/settings">
    <div class="groups">
      <section class="form">
        <h2>Publisher's technical configuration</h2>
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
            <option value="2" ${settings.tokenVersion === 2 ? 'selected' : ''}>Version 2</option>
            <option value="1" ${settings.tokenVersion === 1 ? 'selected' : ''}>Version 1</option>
          </select>
        </label>
      </section>
      <section class="form">
        <h2>Timing</h2>
        <label
          >Duration of an activation <span class="hint">milliseconds</span>
          <input
            name="activationDelayMs"
            type="number"
            min="0"
            value="${settings.activationDelayMs}"
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
        <label
          >How late records are
          <span class="hint"
            >milliseconds, for the oddity recordLag; if there are several, one is chosen</span
          >
          <input name="recordLagMs" value="${settings.recordLagMs.join(', ')}" />
        </label>
        <label
          >How late the first Get is
          <span class="hint">milliseconds, for the oddity firstGetLate</span>
          <input name="firstGetLateMs" type="number" min="0" value="${settings.firstGetLateMs}" />
        </label>
        <label
          >How late Get Operation is
          <span class="hint">milliseconds, for the oddity getOperationLate</span>
          <input
            name="getOperationLateMs"
            type="number"
            min="0"
            value="${settings.getOperationLateMs}"
          />
        </label>
      </section>
    </div>
    <p class="save"><button class="primary">Save the settings</button></p>
  </form>`;
}

function odditiesCard(market: Market): Html {
  return html`<form class="card oddities" method="post" action="/clock/oddities">
    <div>
      <h2>Oddities</h2>
      <p class="quiet">
        Where Microsoft's pages and its behaviour differ. A selected oddity makes this marketplace
        behave as it was measured, or as another page says.
      </p>
    </div>
    ${Object.entries(ODDITY_GROUPS).map(([title, group]) => oddityGroup(market, title, group))}
    <div><button class="primary">Save the oddities</button></div>
  </form>`;
}

function oddityGroup(
  market: Market,
  title: string,
  { text, names }: { readonly text: string; readonly names: readonly Oddity[] },
): Html {
  const { oddities } = market.state.settings;
  const chosen = names.filter((name) => oddities[name] === 'measured').length;
  return html`<details ${chosen > 0 ? 'open' : ''}>
    <summary>
      ${title}
      <span class="tag ${chosen > 0 ? 'warn' : ''}"
        >${chosen > 0 ? `${chosen} of ${names.length} selected` : names.length}</span
      >
    </summary>
    <p class="small quiet">${text}</p>
    ${names.map(
      (name) =>
        html`<div class="oddity">
          <label class="check">
            <input
              type="checkbox"
              name="${name}"
              ${oddities[name] === 'measured' ? 'checked' : ''}
            />
            <span>
              ${ODDITIES[name].about} <code class="quiet">${name}</code>
              <small>Documented: ${ODDITIES[name].documented}</small>
              <small>Selected: ${ODDITIES[name].measured}</small>
            </span>
          </label>
        </div>`,
    )}
  </details>`;
}
