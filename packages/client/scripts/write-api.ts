import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, type FormatConfig } from 'oxfmt';
import { readFieldComments } from '@landfall/contracts/field-comments';

const file = fileURLToPath(new URL('../src/api.ts', import.meta.url));

/** The wanted content of `src/api.ts`: printed from the contracts and formatted. */
async function formattedApi(): Promise<string> {
  readFieldComments();
  const { printApi } = await import('./print-api.ts');
  const settings = new URL('../../../.oxfmtrc.json', import.meta.url);
  const options = JSON.parse(readFileSync(settings, 'utf8')) as FormatConfig;
  const { code, errors } = await format(file, printApi(), options);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return code;
}

// The test uses `--print` to compare the output with the file.
const api = await formattedApi();
if (process.argv.includes('--print')) process.stdout.write(api);
else writeFileSync(file, api);
