import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));
/** What the built app consists of. */
const sources = [
  'src',
  'index.html',
  'vite.config.ts',
  'size-budget.ts',
  '../design/src',
  '../words',
  '../contracts/src',
];

/**
 * Builds the app before the tests, unless the build is newer than its sources: a test file that runs alone tests what is on the
 * disk. `npm test` has built it already.
 */
export function setup(): void {
  const built = path.join(folder, 'dist', 'index.html');
  const isFresh =
    existsSync(built) &&
    sources.every((name) => newest(path.join(folder, name)) < statSync(built).mtimeMs);
  if (isFresh) return;
  // Vitest sets it to `test`, and React's development build would be served.
  const env = { ...process.env, NODE_ENV: 'production' };
  const run = (...args: string[]) =>
    execFileSync(process.execPath, args, {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  run('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn');
  run('scripts/compress.ts');
}

/** When a file, or anything in a folder, was last written. */
function newest(place: string): number {
  const stat = statSync(place);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(place).filter((name) => name !== 'node_modules');
  return Math.max(stat.mtimeMs, ...names.map((name) => newest(path.join(place, name))));
}
