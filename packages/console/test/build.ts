import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isConsoleFresh } from '@landfall/stack/console-build';

/**
 * Builds the app before the tests, unless the build is newer than its sources: a test file that runs alone tests what is on the
 * disk. `npm test` has built it already.
 */
export function setup(): void {
  if (isConsoleFresh()) return;
  // Vitest sets it to `test`, and React's development build would be served.
  const env = { ...process.env, NODE_ENV: 'production' };
  const run = (...args: string[]) =>
    execFileSync(process.execPath, args, {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  run('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn');
  run('scripts/compress.ts');
}
