import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dashboard } from './dashboard.ts';
import { incidentsDocument } from './incidents-document.ts';
import { prometheusRules, rulesFile } from './prometheus-rules.ts';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The files that are computed from the tables of metrics and alerts, with what belongs in each. */
export function watchFiles(): readonly { readonly path: string; readonly text: string }[] {
  return [
    { path: pathOf('../prometheus/alerts.yaml'), text: rulesFile(prometheusRules()) },
    {
      path: pathOf('../grafana/landfall.json'),
      text: `${JSON.stringify(dashboard(), null, 1)}\n`,
    },
    { path: pathOf('../../../docs/incidents.md'), text: incidentsDocument() },
  ];
}

if (import.meta.main) for (const { path, text } of watchFiles()) writeFileSync(path, text);
