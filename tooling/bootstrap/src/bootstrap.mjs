import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { childEnvironment } from './environment.mjs';
import { install } from './install.mjs';
import { tasks } from './tasks.mjs';
import { toolchain } from './toolchain.mjs';
import { Stopped, Trouble } from './trouble.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Prepares the toolchain, then the dependencies, then runs the task. A step with nothing to do
 * returns at once.
 * @param {string | undefined} name
 * @param {readonly string[]} flags
 */
async function main(name, flags) {
  const task = name === undefined ? undefined : tasks[name];
  if (!task) {
    throw new Trouble({
      what: name === undefined ? 'No task was given.' : `There is no task called ${name}.`,
      why: `the tasks are ${Object.keys(tasks).join(', ')}`,
      next: 'run npm start, npm test or npm run demo',
    });
  }
  const env = childEnvironment(process.env, { root });
  const tools = await toolchain(root, env);
  const ours = [dirname(tools.node), dirname(tools.pnpm), join(root, 'node_modules', '.bin')];
  env['PATH'] = [...ours, env['PATH'] ?? ''].join(delimiter);
  // To add a dependency, pnpm must run while the lockfile is still out of date.
  if (name !== 'pnpm') await install(root, tools, env);
  return task({ root, tools, env }, flags);
}

try {
  const [name, ...flags] = process.argv.slice(2);
  process.exitCode = await main(name, flags);
} catch (error) {
  const isPlain = error instanceof Trouble || error instanceof Stopped;
  console.error(isPlain ? error.message : error);
  process.exitCode = error instanceof Stopped ? 128 + constants.signals.SIGINT : 1;
}
