import path from 'node:path';
import { parseArgs } from 'node:util';
import { chartTable } from '../chart/table.ts';
import { readConfigSchemas } from '../config-schemas.ts';
import { runProgram } from '../program.ts';
import { sourceOf, writeSecretFiles, type SecretFile } from './secret-files.ts';

const USAGE = `Makes the secrets of an installation, one file each: for every service, the set-up jobs and nats-server.

  npm run secrets -- --folder FOLDER --database HOST:PORT --nats HOST:PORT [flags]

  --folder FOLDER        where the files go, as <part>/<VARIABLE>; existing files are kept
  --database HOST:PORT   PostgreSQL, as the services reach it
  --nats HOST:PORT       nats-server, as the services reach it
  --database-name NAME   the database of the services (default: landfall)
  --client-secret        the application for the APIs uses a client secret instead of a certificate or a federated token
  --no-tls               both servers are on the same machine as the services

The last lines name the files that you have to write yourself. Exit code 2 means that some are still missing.
`;

/** Some secrets are still missing. */
const INCOMPLETE = 2;
const HOST_AND_PORT = /^(\[[0-9a-f:]+\]|[\w.-]+):\d{1,5}$/i;

await runProgram({ usage: USAGE, parse, run });

async function run(given: Wanted): Promise<number> {
  const { folder, servers, hasClientSecret } = given;
  const table = chartTable(await readConfigSchemas());
  const files = writeSecretFiles(folder, { table, servers, hasClientSecret });
  report(folder, files);
  return files.some(({ state }) => state === 'missing') ? INCOMPLETE : 0;
}

type Wanted = Exclude<ReturnType<typeof parse>, string>;

/** What the arguments ask for, or what is wrong with them. */
function parse(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      folder: { type: 'string' },
      database: { type: 'string' },
      nats: { type: 'string' },
      'database-name': { type: 'string', default: 'landfall' },
      'client-secret': { type: 'boolean', default: false },
      'no-tls': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { folder, database = '', nats = '' } = values;
  if (folder === undefined) return 'Give the folder for the files with --folder.';
  for (const [flag, server] of Object.entries({ database, nats })) {
    if (!HOST_AND_PORT.test(server))
      return `--${flag} must be a host and a port, such as ${flag}.example.com:5432.`;
  }
  return {
    folder: path.resolve(folder),
    servers: { database, nats, isTls: !values['no-tls'], databaseName: values['database-name'] },
    hasClientSecret: values['client-secret'],
  };
}

function report(folder: string, files: readonly SecretFile[]): void {
  const count = (state: SecretFile['state']) => files.filter((file) => file.state === state).length;
  process.stdout.write(
    `${folder}: ${count('made')} secrets made, ${count('kept') + count('differs')} kept\n`,
  );
  const differing = files.filter(({ state }) => state === 'differs');
  if (differing.length > 0) {
    process.stdout.write(
      '\nThese files differ from what the flags say. If you did not change them on purpose, remove them and run this again:\n',
    );
    for (const { name } of differing) process.stdout.write(`  ${name}\n`);
  }
  const missing = files.filter(({ state }) => state === 'missing');
  if (missing.length === 0) return;
  process.stdout.write('\nWrite these files yourself, without a line break at the end:\n');
  for (const { name } of missing) {
    process.stdout.write(`  ${name}\n    ${sourceOf(path.basename(name))}\n`);
  }
}
