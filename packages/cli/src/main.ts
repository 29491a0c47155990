import { homedir } from 'node:os';
import { readCatalogue, type Catalogue } from './catalogue.ts';
import { run } from './program.ts';
import { openTerminal } from './terminal.ts';

const { env, argv, stdin, stdout, stderr } = process;
let catalogue: Catalogue | undefined;

process.exitCode = await run(argv.slice(2), {
  terminal: openTerminal({ stdin, stdout, stderr }, (env['NO_COLOR'] ?? '') === ''),
  surroundings: { env, home: homedir(), folder: process.cwd() },
  catalogue: () => (catalogue ??= readCatalogue()),
});
