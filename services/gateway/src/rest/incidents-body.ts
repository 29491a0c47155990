import { incidentGroups, linkAlerts, type IncidentPage } from '@landfall/contracts/incidents';

/** The incident pages as the body of one HTML page: what an alert means, its causes, and what to do. */
export function incidentsBody(): string {
  const parts = incidentGroups.map(
    ({ title, pages }) => `<h2>${inHtml(title)}</h2>${pages.map(sectionOf).join('')}`,
  );
  return (
    '<main><h1>Incidents</h1><p>Begin with critical alerts. <code>landfall doctor</code> checks the whole installation and ' +
    `changes nothing. Do not delete anything: waiting work continues when the cause is fixed.</p>${parts.join('')}</main>`
  );
}

function sectionOf(page: IncidentPage): string {
  const { alert, anchor, severity, condition, meaning, effect, causes } = page;
  const rows = causes.map(
    (cells) => `<tr>${cells.map((text) => `<td>${inHtml(text)}</td>`).join('')}</tr>`,
  );
  return (
    `<section id="${anchor}"><h3>${alert}</h3><p>${severity}: ${inHtml(condition)}</p>` +
    `<p>${inHtml(meaning)} <strong>Effect:</strong> ${inHtml(effect)}</p>` +
    `<table><thead><tr><th>Cause</th><th>How to see it</th><th>What to do</th></tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table></section>`
  );
}

/** Backquotes become code, stars emphasis, and names of alerts links. */
function inHtml(text: string): string {
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return linkAlerts(escaped, (alert, anchor) => `<a href="#${anchor}">${alert}</a>`).replaceAll(
    /`([^`]*)`|\*([^*`]+)\*/g,
    (_all, code?: string, strong?: string) =>
      code === undefined ? `<em>${strong}</em>` : `<code>${code}</code>`,
  );
}
