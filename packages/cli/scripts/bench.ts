import { createServer } from 'node:http';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.ts';

/** Odd, so that the median is a measured value. */
const ROUNDS = 9;
const program = path.join(import.meta.dirname, '..', 'dist', 'landfall.js');

await build();
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"items":[],"result":{"data":{"items":[]}}}');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as { port: number };
const env = { LANDFALL_URL: `http://127.0.0.1:${port}`, LANDFALL_API_KEY: 'lf_a_b' };

const cases: Readonly<Record<string, readonly string[]>> = {
  'bare node': ['-e', '0'],
  'landfall --version': [program, '--version'],
  'landfall --help': [program, '--help'],
  'landfall subscriptions list': [program, 'subscriptions', 'list', '--json'],
};
const times = new Map<string, number[]>();
// In turn, so that a busy moment of the machine falls on all of them.
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, args] of Object.entries(cases)) {
    times.set(name, [...(times.get(name) ?? []), await firstOutput(args)]);
  }
}
server.close();
console.log(`${Math.round(statSync(program).size / 1000)} kB`);
for (const [name, measured] of times) {
  const sorted = measured.toSorted((one, other) => one - other);
  console.log(`${name.padEnd(30)} ${Math.round(sorted[(ROUNDS - 1) / 2] ?? 0)} ms`);
}

/** Milliseconds until the first byte of output, or until the end if there is none. */
async function firstOutput(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  const ms = performance.now() - startedAt;
  if (child.exitCode === null) await once(child, 'exit');
  return ms;
}
