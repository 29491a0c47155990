import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfigSchemas } from '../config-schemas.ts';
import { chartTable } from './table.ts';
import { valuesSchema } from './values-schema.ts';

export const chartFolder = fileURLToPath(new URL('../../chart', import.meta.url));

/** The computed files of the chart, by path in its folder. */
export async function chartFiles(): Promise<ReadonlyMap<string, string>> {
  const schemas = await readConfigSchemas();
  const table = chartTable(schemas);
  return new Map([
    ['files/services.json', json(table)],
    ['values.schema.json', json(valuesSchema(schemas, table))],
  ]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

if (import.meta.main) {
  for (const [file, content] of await chartFiles()) {
    writeFileSync(path.join(chartFolder, file), content);
  }
}
