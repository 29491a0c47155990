import { runChild } from '../src/child.mjs';

// Stands for the bootstrap: runs a child with the guard that is asked for and ends with its code.
const [, , guard, script = ''] = process.argv;
const { code } = await runChild({
  command: process.execPath,
  args: ['-e', script],
  cwd: process.cwd(),
  env: process.env,
  output: 'show',
  guard: guard === 'ipc' ? 'ipc' : 'watchdog',
});
process.exitCode = code;
