import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../bundles.ts';
import { fileFault } from '../file-fault.ts';
import { writePrivateFile } from '../private-file.ts';
import { readConfigSchemas, type ConfigSchemas } from '../config-schemas.ts';
import { completeEnv, envFlaws, unreadNames } from './env-file.ts';
import { envVariables, type EnvVariable } from './env-variables.ts';
import { composeFolder } from './compose.ts';

const USAGE = `Writes the settings of a Compose installation, without a running system.

  npm run env -- [FILE]           makes every missing secret, keeps existing values, and says what you still have to fill in
  npm run env -- [FILE] --check   changes nothing; exit code 1 if a service would not start with the file

FILE is ${path.relative(repositoryRoot, path.join(composeFolder, '.env'))} by default.
`;

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${fileFault(error)}\n`);
}

async function main(): Promise<number> {
  const { file, isCheck, problem, isHelp } = parse();
  if (isHelp || problem !== undefined) {
    const text = problem === undefined ? USAGE : `${problem}\n\n${USAGE}`;
    (problem === undefined ? process.stdout : process.stderr).write(text);
    return problem === undefined ? 0 : 1;
  }
  const schemas = await readConfigSchemas();
  const { version } = JSON.parse(
    readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'),
  ) as {
    version: string;
  };
  const variables = envVariables(schemas, version);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (isCheck && before === undefined) {
    process.stderr.write(`There is no ${file}.\n  Next step: run npm run env\n`);
    return 1;
  }
  const text = isCheck ? (before ?? '') : completeEnv(before, variables);
  if (text !== before) {
    writePrivateFile(file, text);
    process.stdout.write(`${before === undefined ? 'wrote' : 'completed'} ${file} (mode 600)\n`);
  }
  const isComplete = report(text, { schemas, variables, file });
  return isCheck && !isComplete ? 1 : 0;
}

function parse() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    const [file = path.join(composeFolder, '.env'), ...others] = positionals;
    const problem = others.length > 0 ? 'Name one file.' : undefined;
    return { file: path.resolve(file), isCheck: values.check, isHelp: values.help, problem };
  } catch (cause) {
    return { file: '', problem: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** Returns whether the services would start. */
function report(
  text: string,
  at: {
    readonly schemas: ConfigSchemas;
    readonly variables: readonly EnvVariable[];
    readonly file: string;
  },
): boolean {
  const unread = unreadNames(text, at.variables);
  if (unread.length > 0) {
    process.stdout.write(`compose.yaml reads no ${unread.join(', ')}: are they misspelt?\n`);
  }
  const flaws = envFlaws(text, at.schemas);
  if (flaws.length === 0) {
    process.stdout.write('every service accepts these settings\n');
    return true;
  }
  const where = new Map(
    at.variables.map(({ name, by, purpose }) => [name, by === 'person' ? purpose : undefined]),
  );
  const lines = flaws.map(({ name, problem }) => {
    const place = where.get(name);
    const subject = name === 'configuration' ? '' : `${name}: `;
    return `  ${subject}${problem}${place === undefined ? '' : ` (${place})`}\n`;
  });
  process.stdout.write(`still to do in ${at.file}:\n${lines.join('')}`);
  return false;
}
