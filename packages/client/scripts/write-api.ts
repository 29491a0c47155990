import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, type FormatConfig } from 'oxfmt';
import { printApi } from './print-api.ts';

export const apiFile = fileURLToPath(new URL('../src/api.ts', import.meta.url));

/** `src/api.ts` as it should be: printed from the contracts, in the repository's format. */
export async function formattedApi(): Promise<string> {
  const settings = new URL('../../../.oxfmtrc.json', import.meta.url);
  const options = JSON.parse(readFileSync(settings, 'utf8')) as FormatConfig;
  const { code, errors } = await format(apiFile, printApi(), options);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return code;
}

if (import.meta.main) writeFileSync(apiFile, await formattedApi());
