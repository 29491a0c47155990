import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isFault } from '@landfall/domain/fault';
import { readPublishers } from '@landfall/publishers/publisher-list';
import { chartTable } from '../chart/table.ts';
import { readConfigSchemas } from '../config-schemas.ts';
import { runProgram } from '../program.ts';
import { publisherDropIns, publisherFlaws } from './publisher-drop-ins.ts';

const USAGE = `Makes the systemd drop-ins for an installation with several publishers.

  npm run units -- --publishers FILE --folder FOLDER

  --publishers FILE   the list of publishers, with the secret files that it names beside it
  --folder FOLDER     where the drop-ins go, as <unit>.d/10-publishers.conf

The command reads the secret files to check them. The drop-ins contain only their names.
`;

await runProgram({ usage: USAGE, parse, run });

async function run(given: Wanted): Promise<number> {
  const { list, folder } = given;
  const read = await readList(list);
  if ('flaws' in read) {
    const lines = read.flaws.map((flaw) => `  ${flaw}\n`).join('');
    process.stderr.write(
      `${list}:\n${lines}  Next step: correct this, and run the command again\n`,
    );
    return 1;
  }
  const dropIns = publisherDropIns(chartTable(await readConfigSchemas()), list, read);
  for (const [name, content] of dropIns) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    process.stdout.write(`wrote ${file}\n`);
  }
  return 0;
}

async function readList(file: string) {
  try {
    const given = await readPublishers({ PUBLISHERS_FILE: file }, { credential: true });
    const flaws = await publisherFlaws(file, given);
    return flaws.length > 0 ? { flaws } : given;
  } catch (error) {
    if (!isFault(error)) throw error;
    return { flaws: [error.message.replace(/^PUBLISHERS_FILE /, '')] };
  }
}

type Wanted = Exclude<ReturnType<typeof parse>, string>;

/** What the arguments ask for, or what is wrong with them. */
function parse(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      publishers: { type: 'string' },
      folder: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { publishers, folder } = values;
  if (publishers === undefined) return 'Name the list of publishers with --publishers.';
  if (folder === undefined) return 'Give the folder for the drop-ins with --folder.';
  return { list: path.resolve(publishers), folder: path.resolve(folder) };
}
