import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prometheusRules, rulesFile } from './prometheus-rules.ts';

export const alertsFile = fileURLToPath(new URL('../prometheus/alerts.yaml', import.meta.url));

if (import.meta.main) writeFileSync(alertsFile, rulesFile(prometheusRules()));
