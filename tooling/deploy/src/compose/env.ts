import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../bundles.ts';
import { writePrivateFile } from '../private-file.ts';
import { runProgram } from '../program.ts';
import { readConfigSchemas, type ConfigSchemas } from '../config-schemas.ts';
import { completeEnv, envFlaws, unreadNames } from './env-file.ts';
import { envVariables, type EnvVariable } from './env-variables.ts';
import { composeFolder } from './compose.ts';

const USAGE = `Writes the settings of a Compose installation, without a running system.

  npm run env -- [FILE]           makes every missing secret, keeps existing values, and says what you still have to fill in
  npm run env -- [FILE] --check   changes nothing; exit code 1 if a service would not start with the file

FILE is ${path.relative(repositoryRoot, path.join(composeFolder, '.env'))} by default.
`;

await runProgram({ usage: USAGE, parse, run });

async function run({ file, isCheck }: Wanted): Promise<number> {
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

type Wanted = Exclude<ReturnType<typeof parse>, string>;

/** What the arguments ask for, or what is wrong with them. */
function parse(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const [file = path.join(composeFolder, '.env'), ...others] = positionals;
  if (others.length > 0) return 'Name one file.';
  return { file: path.resolve(file), isCheck: values.check };
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
