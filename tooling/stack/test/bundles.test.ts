import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../src/launch/folder.ts';
import { prepareScripts } from '../src/launch/service-scripts.ts';

const start = { onStep: () => undefined, notWanted: new AbortController().signal };

test('the stack trace of a bundled service names the lines of its sources', async () => {
  const scripts = await prepareScripts({ ...start, env: {} });

  // The configuration is missing, and the message about it cannot be written.
  const broken = 'process.stderr.write = () => { throw new Error("cannot write") }';
  const args = ['--import', `data:text/javascript,${broken}`, scripts('landing')];
  const { stderr } = spawnSync(process.execPath, args, { env: {}, encoding: 'utf8' });

  expect(stderr).toContain('Error: cannot write');
  const [kit, main] = [
    'packages/service-kit/src/process/process.ts',
    'services/landing/src/main.ts',
  ];
  expect(stderr).toContain(placeOf(kit, 'process.stderr.write(`${name}: ${error.message}'));
  expect(stderr).toContain(placeOf(main, 'await run('));
});

test('with LANDFALL_SOURCE=1, the services and the emulator run from their sources', async () => {
  const scripts = await prepareScripts({ ...start, env: { LANDFALL_SOURCE: '1' } });
  expect(scripts('gateway')).toBe(path.join(repositoryRoot, 'services/gateway/src/main.ts'));
  expect(scripts('emulator')).toBe(path.join(repositoryRoot, 'tooling/emulator/src/main.ts'));
});

test('a place in an installed package is not shown as a place in our sources', async () => {
  const scripts = await prepareScripts({ ...start, env: {} });
  const file = scripts('landing');
  const lines = readFileSync(file, 'utf8').split('\n');
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload);

  // Only installed packages have CommonJS modules.
  const installed = lines.flatMap((line, index) => (/__commonJS\w*\(/.test(line) ? [index] : []));
  const origins = installed.map((index) => map.findOrigin(index + 2, 10));

  expect(origins.length).toBeGreaterThan(0);
  expect(origins.filter((origin) => 'fileName' in origin)).toEqual([]);
});

/** The URL of the first line with this text, as a stack trace names it. */
function placeOf(name: string, text: string): string {
  const file = path.join(repositoryRoot, name);
  const lines = readFileSync(file, 'utf8').split('\n');
  return `${pathToFileURL(file).href}:${lines.findIndex((line) => line.includes(text)) + 1}:`;
}
