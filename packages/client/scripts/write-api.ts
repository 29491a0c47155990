import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, type FormatConfig } from 'oxfmt';
import { readFieldComments } from './field-comments.ts';

const file = fileURLToPath(new URL('../src/api.ts', import.meta.url));

/** `src/api.ts` as it should be: printed from the contracts, in the repository's format. */
async function formattedApi(): Promise<string> {
  readFieldComments();
  const { printApi } = await import('./print-api.ts');
  const settings = new URL('../../../.oxfmtrc.json', import.meta.url);
  const options = JSON.parse(readFileSync(settings, 'utf8')) as FormatConfig;
  const { code, errors } = await format(file, printApi(), options);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return code;
}

// With `--print` the test compares what this would write.
const api = await formattedApi();
if (process.argv.includes('--print')) process.stdout.write(api);
else writeFileSync(file, api);
