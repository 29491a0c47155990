import { html } from 'hono/html';
import type { ChatMessage, ChatMessages, ChatPart } from '../chat/messages.ts';
import { prettyJson } from '../market/exact-json.ts';
import { clearButton, statusTag, type Html } from './layout.ts';
import { showTime } from './words.ts';

/** The messages that were posted to chats, newest first. */
export function chatPage(messages: ChatMessages, url: string): Html {
  return html`<h1>Chats</h1>
    <p class="lead">
      Messages to Teams and Slack, as people would see them. Post to
      <code>${url}/chat/teams/&lt;name&gt;</code> or <code>${url}/chat/slack/&lt;name&gt;</code>:
      they answer as a Teams workflow and as an incoming webhook of Slack do, and take any name.
    </p>
    <div data-live="/live/chat">${chatPart(messages)}</div>`;
}

export function chatPart(messages: ChatMessages): Html {
  const all = messages.list();
  if (all.length === 0) {
    return html`<div class="card empty">
      <p>No messages yet.</p>
      <p>Add a destination for Teams or Slack in Landfall's console, with an address as above.</p>
    </div>`;
  }
  return html`${all.map(messageCard)} ${clearButton('/chat/clear', 'Clear the chats')}`;
}

function messageCard(message: ChatMessage): Html {
  const { service, channel, at, status, problems, parts, body } = message;
  return html`<article class="card message ${service}" aria-label="Message to ${channel}">
    <p class="small quiet">
      ${service === 'teams' ? 'Teams' : 'Slack'} <b>#${channel}</b> · ${showTime(at)} ·
      ${statusTag(status < 300 ? 'accepted' : 'failed', `answered ${status}`)}
    </p>
    ${parts.map(showPart)}
    ${
      problems.length === 0
        ? ''
        : html`<div class="notice problem">
            <b
              >${service === 'teams' ? 'The workflow would fail, or Teams would not show all of it' : 'Slack would not show it like this'}</b
            >
            <ul>
              ${problems.map((problem) => html`<li>${problem}</li>`)}
            </ul>
          </div>`
    }
    <details>
      <summary class="small">As it was sent</summary>
      <pre tabindex="0" role="region" aria-label="The message to ${channel} as it was sent">
${prettyJson(body)}</pre>
    </details>
  </article>`;
}

function showPart(part: ChatPart): Html {
  switch (part.kind) {
    case 'heading':
      return html`<h2>${part.text}</h2>`;
    case 'text':
      return html`<p class="said">${part.text}</p>`;
    case 'note':
      return html`<p class="said small quiet">${part.text}</p>`;
    case 'facts':
      return html`<dl class="facts">
        ${part.facts.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>`;
    case 'link':
      return /^https?:/.test(part.url)
        ? html`<a class="button" href="${part.url}" target="_blank" rel="noopener noreferrer"
            >${part.text}</a
          > `
        : html`<span class="button">${part.text}</span> `;
    case 'divider':
      return html`<hr />`;
  }
}
