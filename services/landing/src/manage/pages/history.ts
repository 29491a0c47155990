import { html } from 'hono/html';
import { framed, type Frame, type Html } from '../../web/pages/frame.ts';
import { managePath } from '../../web/paths.ts';
import type { HistoryLine } from '../history.ts';
import { backLink, publisherReasons } from './refused.ts';

export function historyPage(
  frame: Frame,
  page: {
    subscriptionId: string;
    lines: readonly HistoryLine[];
    older: string | undefined;
    isFirst: boolean;
  },
): Html {
  const { words } = frame;
  const { subscriptionId, lines, older, isFirst } = page;
  const title = words.t('history.title');
  const here = managePath(subscriptionId, '/history');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <div class="card">${historyLines(frame, lines)}</div>
      <p class="actions">
        ${isFirst ? '' : html`<a href="${here}">${words.t('history.newest')}</a>`}
        ${older ? html`<a href="${here}?before=${older}">${words.t('history.older')}</a>` : ''}
      </p>
      ${backLink(frame, subscriptionId)}
    `,
  });
}

export function historyLines(frame: Frame, lines: readonly HistoryLine[]): Html {
  const { words } = frame;
  if (lines.length === 0) return html`<p>${words.t('history.empty')}</p>`;
  return html`<ol class="log">
    ${lines.map(
      ({ at, text, message }) =>
        html`<li>
          <time class="note" datetime="${at.toISOString()}">${words.dateTime(at)}</time>
          <span>${text}</span>
          ${publisherReasons(frame, message ? [message] : [])}
        </li>`,
    )}
  </ol>`;
}
