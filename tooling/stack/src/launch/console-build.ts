import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import path from 'node:path';
import { repositoryRoot } from './folder.ts';

/** The end of the output says what failed. */
const SHOWN_LINES = 15;

const consoleFolder = path.join(repositoryRoot, 'packages', 'console');

/** What the console is built from, as paths from its folder. */
export const consoleSources = [
  'src',
  'scripts',
  'index.html',
  'package.json',
  'vite.config.ts',
  'size-budget.ts',
  '../design/src',
  '../words',
  '../contracts/src',
  '../domain/src',
  '../../pnpm-lock.yaml',
];

/** Whether the build of the console is complete, and newer than everything that it is built from. */
export function isConsoleFresh(folder = consoleFolder): boolean {
  // A build writes this file last. A build that was cut off has none, and is not fresh.
  const complete = path.join(folder, 'dist', 'complete');
  if (!existsSync(complete)) return false;
  const builtMs = statSync(complete).mtimeMs;
  return consoleSources.every((name) => newest(path.join(folder, name)) < builtMs);
}

/** When a file, or anything in a folder, was last written. */
function newest(place: string): number {
  const stat = statSync(place);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(place).filter((name) => name !== 'node_modules');
  return Math.max(stat.mtimeMs, ...names.map((name) => newest(path.join(place, name))));
}

/**
 * Builds the console as a task of turbo, which repeats an old result if nothing has changed. The gateway looks for the files
 * when the first page asks for them, so this runs beside the start.
 * If the console is fresh, nothing happens: turbo would write the same files again while another start serves them.
 * @returns what went wrong, with the next step; undefined if the console is built
 */
export async function buildConsole(notWanted: AbortSignal): Promise<string | undefined> {
  if (isConsoleFresh()) return undefined;
  const turbo = path.join(repositoryRoot, 'node_modules', '.bin', 'turbo');
  const flags = ['run', 'build', '--filter=@landfall/console', '--ui=stream', '--no-color'];
  // A group of its own: the script around turbo does not pass signals on.
  const running = spawn(turbo, flags, {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const stop = () => void (running.pid && process.kill(-running.pid));
  notWanted.addEventListener('abort', stop);
  const { promise: ended, resolve } = Promise.withResolvers<string | number | null>();
  running.on('error', (error) => resolve(error.message));
  running.on('close', resolve);
  const [code, output, errors] = await Promise.all([
    ended,
    text(running.stdout),
    text(running.stderr),
  ]);
  notWanted.removeEventListener('abort', stop);
  if (code === 0 || notWanted.aborted) return undefined;
  const reason = typeof code === 'string' ? code : '';
  const lines = [...`${output}\n${errors}`.trim().split('\n'), reason].filter(Boolean);
  return [
    'The console could not be built. Everything else works.',
    ...lines.slice(-SHOWN_LINES).map((line) => `    ${line}`),
    '  Next step: run npm run build, then load the page of the console again.',
  ].join('\n');
}
