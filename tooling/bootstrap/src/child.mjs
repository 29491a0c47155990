import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @type {readonly NodeJS.Signals[]} */
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
// Ctrl-C reaches us twice within a few milliseconds: from the terminal, and again from npm, which
// forwards it. A person who presses it a second time takes longer.
const samePressMs = 300;
// npm is our parent. When npm is killed, nothing else would stop us.
const parentPollMs = 500;
// A program that is asked to stop first closes servers and files; ours need less than half of this.
const stopGraceMs = 20_000;

// Ends the child's process group when our end of the pipe closes. The kernel closes it even after
// `kill -9`.
const watchdogScript = 'read -r _; kill -s TERM -- "-$1" 2>/dev/null';

/** @typedef {{ code: number, output: string, isStopped: boolean, isLate: boolean }} Ended */

/**
 * @typedef {object} Call
 * @property {string} command
 * @property {readonly string[]} args
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 * @property {'show' | 'collect' | 'both'} output show what the program prints, return it, or both
 * @property {'ipc' | 'watchdog'} [guard] how the child learns that we died: our own Node programs
 *   get the event `disconnect`; any other program gets SIGTERM, with its whole group
 * @property {number} [limitMs] the child is stopped after this time, and killed if it does not end
 */

/**
 * Runs a program to its end. It has its own process group, so that a signal reaches it exactly
 * once, from us. A second, later press of Ctrl-C is also forwarded.
 * @param {Call} call
 * @returns {Promise<Ended>} code: 128 + n if signal n ended it; isStopped: a person cancelled it;
 * isLate: it was stopped at its time limit
 */
export function runChild({ command, args, cwd, env, output, guard = 'watchdog', limitMs }) {
  const isOncePerPress = oncePerPress();
  /** @type {NodeJS.Signals | undefined} */
  let interruption;
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    if (!isOncePerPress(signal)) return;
    interruption ??= signal;
    if (guard === 'ipc') child.kill(signal);
    else signalGroup(child.pid, signal);
  };
  // Installed before the child exists: a signal in between would end us and leave the child
  // running.
  for (const signal of forwarded) process.on(signal, forward);
  const out = output === 'show' ? 'inherit' : 'pipe';
  const child = spawn(command, [...args], {
    cwd,
    env,
    detached: true,
    stdio: guard === 'ipc' ? ['inherit', out, out, 'ipc'] : ['ignore', out, out],
  });
  const collected = collect(child, output === 'both');
  const watchdog = guard === 'watchdog' && child.pid ? startWatchdog(child.pid) : undefined;
  const parentWatch = watchParent(() => forward('SIGTERM'));
  const limit = limitMs === undefined ? undefined : stopAfter(child, limitMs);
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearInterval(parentWatch);
      limit?.clear();
      watchdog?.kill('SIGKILL');
      for (const signal of forwarded) process.off(signal, forward);
    };
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('close', (code, signal) => {
      finish();
      // Our own programs exit with 0 when they are asked to stop; turbo also exits with 0 after
      // half a run.
      const isHalf = code === 0 && guard === 'watchdog' ? interruption : undefined;
      const by = signal ?? isHalf;
      resolve({
        code: by ? 128 + constants.signals[by] : (code ?? 1),
        output: collected(),
        isStopped: interruption !== undefined,
        isLate: limit?.isReached() ?? false,
      });
    });
  });
}

/**
 * Distinguishes a new press of Ctrl-C from the echo of the last one.
 * @param {() => number} now milliseconds
 * @returns {(signal: string) => boolean}
 */
export function oncePerPress(now = () => performance.now()) {
  /** @type {Map<string, number>} */
  const last = new Map();
  return (signal) => {
    const at = now();
    const isEcho = at - (last.get(signal) ?? -Infinity) < samePressMs;
    if (!isEcho) last.set(signal, at);
    return !isEcho;
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {boolean} isShown
 */
function collect(child, isShown) {
  /** @type {Buffer[]} */
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
  }
  if (isShown) {
    child.stdout?.pipe(process.stdout, { end: false });
    child.stderr?.pipe(process.stderr, { end: false });
  }
  return () => Buffer.concat(chunks).toString('utf8');
}

/**
 * @param {import('node:child_process').ChildProcess} child leader of its process group
 * @param {number} limitMs
 */
function stopAfter(child, limitMs) {
  let isReached = false;
  /** @type {NodeJS.Timeout | undefined} */
  let killing;
  const stopping = setTimeout(() => {
    isReached = true;
    signalGroup(child.pid, 'SIGTERM');
    killing = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), stopGraceMs);
  }, limitMs);
  return {
    isReached: () => isReached,
    clear: () => {
      clearTimeout(stopping);
      clearTimeout(killing);
    },
  };
}

/** @param {number} pid */
function startWatchdog(pid) {
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'watchdog', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.once('error', () => undefined);
  watchdog.stdin.once('error', () => undefined);
  watchdog.unref();
  return watchdog;
}

/**
 * Watches npm only: someone who calls the bootstrap from a shell may leave it running.
 * @param {() => void} whenGone
 */
function watchParent(whenGone) {
  if (!process.env['npm_lifecycle_event']) return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    whenGone();
  }, parentPollMs);
  return timer;
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  if (!pid) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has already ended.
  }
}
