import { html } from 'hono/html';
import {
  CALL_APIS,
  type CallFilter,
  type CallLog,
  type CallSummary,
  type LoggedCall,
  type Message,
} from '../calls/call-log.ts';
import { prettyJson } from '../market/exact-json.ts';
import type { Market } from '../market/market.ts';
import { clearButton, statusTag, type Html } from './layout.ts';
import { showTime } from './words.ts';

const ROWS_MAX = 200;

/** Every call has it, so the list leaves it out. */
const USUAL_QUERY = /[?&]api-version=2018-08-31$/;

const CALLER_WORDS = {
  publisher: 'Publisher → Microsoft',
  microsoft: 'Microsoft → publisher',
} as const;

const OUTCOME_WORDS = {
  accepted: 'Accepted (2xx)',
  refused: 'Refused (3xx, 4xx)',
  failed: 'Failed (5xx, no answer)',
} as const;

/** Every call between publisher and Microsoft, newest first. */
export function callsPage(market: Market, calls: CallLog, filter: CallFilter): Html {
  const query = queryOf(filter);
  return html`<h1>Calls</h1>
    <p class="lead">
      What the publisher asks Microsoft and what Microsoft notifies, with every answer and retry.
      Tokens and secrets are not kept.
    </p>
    <form class="filters" method="get" action="/calls">
      <label
        >Direction
        <select name="caller">
          ${option('', 'Both', filter.caller)}
          ${Object.entries(CALLER_WORDS).map(([value, text]) => option(value, text, filter.caller))}
        </select>
      </label>
      <label
        >API
        <select name="api">
          ${option('', 'All', filter.api)} ${CALL_APIS.map((api) => option(api, api, filter.api))}
        </select>
      </label>
      <label
        >Answer
        <select name="outcome">
          ${option('', 'Any', filter.outcome)}
          ${Object.entries(OUTCOME_WORDS).map(([value, text]) => option(value, text, filter.outcome))}
        </select>
      </label>
      <label class="wide"
        >Subscription
        <input
          name="subscriptionId"
          value="${filter.subscriptionId ?? ''}"
          placeholder="id, or its beginning"
          list="subscriptions"
        />
      </label>
      <datalist id="subscriptions">
        ${[...market.state.subscriptions.values()]
          .slice(-20)
          .map(({ id, name }) => html`<option value="${id}">${name}</option>`)}
      </datalist>
      <button>Show</button>
      ${query === '' ? '' : html`<a class="button" href="/calls">Show all</a>`}
    </form>
    <div data-live="/live/calls${query}">${callsPart(market, calls, filter)}</div>`;
}

export function callsPart(market: Market, calls: CallLog, filter: CallFilter): Html {
  const found = calls.list(filter);
  const rows = found.slice(0, ROWS_MAX);
  if (rows.length === 0) {
    return html`<div class="card empty">
      <p>${queryOf(filter) === '' ? 'No calls yet.' : 'No call matches.'}</p>
      <p>
        ${
          queryOf(filter) === ''
            ? html`<a href="/">Buy a plan</a> and configure the account. The publisher's calls
                appear here as they are made.`
            : html`<a href="/calls">Show all calls</a>`
        }
      </p>
    </div>`;
  }
  return html`<div class="card scroll calls" tabindex="0" role="region" aria-label="Calls">
      <table>
        <thead>
          <tr>
            <th scope="col">Time (UTC)</th>
            <th scope="col">Call</th>
            <th scope="col">Answer</th>
            <th scope="col" class="number">Took</th>
            <th scope="col">Subscription</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((call) => callRow(market, call))}
        </tbody>
      </table>
    </div>
    ${
      found.length > rows.length
        ? html`<p class="quiet">The newest ${ROWS_MAX} of ${found.length} are shown.</p>`
        : ''
    }
    ${clearButton('/calls/clear', 'Clear the log')}`;
}

function callRow(market: Market, call: CallSummary): Html {
  return html`<tr>
    <td class="nowrap">${call.at.slice(11, 23)}</td>
    <td>
      <a href="/calls/${call.id}">${call.title}</a> ${apiTag(call)}<br /><code
        >${call.method} ${call.path.replace(USUAL_QUERY, '')}</code
      >
    </td>
    <td>${answerTag(call)}</td>
    <td class="number">${call.durationMs} ms</td>
    <td>${call.subscriptionIds.map((id) => subscriptionLink(market, id))}</td>
  </tr>`;
}

/** The clock of the log is real time, which is what a program's own log has. */
export function callPage(market: Market, call: LoggedCall): Html {
  return html`<p class="small"><a href="/calls">All calls</a></p>
    <h1>${call.title} ${answerTag(call)}</h1>
    <section class="card">
      <dl class="facts">
        <div>
          <dt>Direction</dt>
          <dd>${CALLER_WORDS[call.caller]}</dd>
        </div>
        <div>
          <dt>API</dt>
          <dd>${call.api}</dd>
        </div>
        <div>
          <dt>Sent (real time, UTC)</dt>
          <dd>${showTime(call.at)}</dd>
        </div>
        <div>
          <dt>Took</dt>
          <dd>${call.durationMs} ms</dd>
        </div>
        <div>
          <dt>Subscription</dt>
          <dd>
            ${
              call.subscriptionIds.length === 0
                ? 'none'
                : call.subscriptionIds.map((id) => subscriptionLink(market, id))
            }
          </dd>
        </div>
      </dl>
      <p class="address"><code>${call.method} ${call.path}</code></p>
    </section>
    <div class="two">
      ${messageCard('Request', call.request)}
      ${
        call.response
          ? messageCard(`Answer ${call.status ?? ''}`, call.response)
          : html`<section class="card">
              <h2>No answer</h2>
              <p>${call.error}</p>
            </section>`
      }
    </div>`;
}

function messageCard(title: string, { headers, body }: Message): Html {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return html`<section class="card" aria-label="${title}">
    <h2>${title}</h2>
    <h3>Body</h3>
    ${
      body === ''
        ? html`<p class="quiet">empty</p>`
        : html`<pre tabindex="0" role="region" aria-label="Body of the ${title.toLowerCase()}">
${prettyJson(body)}</pre>`
    }
    <h3>Headers</h3>
    <pre tabindex="0" role="region" aria-label="Headers of the ${title.toLowerCase()}">
${lines.join('\n')}</pre>
  </section>`;
}

function apiTag({ api, caller }: CallSummary): Html {
  return html`<span class="tag">${caller === 'microsoft' ? 'Microsoft →' : '→'} ${api}</span>`;
}

function answerTag({ status, outcome, error }: CallSummary): Html {
  return statusTag(outcome, status === null ? (error ?? 'no answer') : String(status));
}

function subscriptionLink(market: Market, id: string): Html {
  const name = market.state.subscriptions.get(id)?.name;
  return name === undefined
    ? html`<code>${id.slice(0, 8)}</code> `
    : html`<a href="/subscriptions/${id}">${name}</a> `;
}

function option(value: string, text: string, chosen: string | undefined): Html {
  return html`<option value="${value}" ${value === (chosen ?? '') ? 'selected' : ''}>
    ${text}
  </option>`;
}

function queryOf(filter: CallFilter): string {
  const given = Object.entries(filter).flatMap(([name, value]) =>
    value ? [[name, value] as [string, string]] : [],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
