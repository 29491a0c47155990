import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { childEnvironment } from '../src/environment.mjs';
import { otherNodeLines, platforms, type Pin } from '../src/platform.mjs';
import { npmCommand } from '../src/toolchain.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

// Each npm takes half a second and 80 MB, and other tests run beside this one.
const processes = 4;

const lines = Object.values(otherNodeLines).flatMap((one) => Object.values(one));
const tools = Object.values(platforms).flatMap(({ node, pnpm }) => [node, pnpm]);

/**
 * Another machine's packages are never installed here, so only the registry can tell whether they exist. A registry that does
 * not answer, or is a mirror without this package, is reported and does not fail the test.
 */
test('the registry has every pinned package of every platform, with the pinned checksum', async () => {
  const waiting = [...tools, ...lines];
  const answers: (Pin & { readonly found: string | undefined })[] = [];
  const askInTurn = async () => {
    for (let pin = waiting.pop(); pin; pin = waiting.pop()) {
      answers.push({ ...pin, found: await integrityOf(pin.name, pin.version) });
    }
  };
  await Promise.all(Array.from({ length: processes }, askInTurn));

  const wrong = answers.filter(({ found, integrity }) => found && found !== integrity);
  expect(wrong).toEqual([]);
  const unanswered = answers.filter(({ found }) => found === undefined);
  for (const { name, version } of unanswered) {
    console.warn(`not checked: the registry did not answer for ${name}@${version}`);
  }
});

/** Undefined if the registry cannot be reached or does not have it. */
function integrityOf(name: string, version: string): Promise<string | undefined> {
  const [command = '', ...first] = npmCommand(process.env);
  const args = [...first, 'view', `${name}@${version}`, 'dist.integrity', '--json'];
  const settings = ['--fetch-retries=0', '--fetch-timeout=10000', '--no-update-notifier'];
  const env = childEnvironment(process.env, { root });
  return new Promise((resolve) => {
    const npm = spawn(command, [...args, ...settings], { env, cwd: root });
    let output = '';
    npm.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    npm.once('error', () => resolve(undefined));
    npm.once('close', (code) => resolve(code === 0 ? integrityIn(output) : undefined));
  });
}

function integrityIn(output: string): string | undefined {
  const answer: unknown = JSON.parse(output || 'null');
  return typeof answer === 'string' ? answer : undefined;
}
