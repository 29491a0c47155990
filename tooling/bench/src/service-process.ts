import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { heapOptions } from '@landfall/stack/service-processes';
import { prepareScripts } from '@landfall/stack/service-scripts';

const SAMPLE_MS = 100;

export interface ServiceProcess extends AsyncDisposable {
  /** Where it listens. */
  readonly url: string;
  /** Milliseconds from the start of the process until it was ready. */
  readonly readyMs: number;
  /** Resident memory since the last call, in MB. */
  samples(): readonly number[];
  /** CPU time so far, in seconds. */
  cpuSeconds(): number;
}

/** Starts a service as in production: its bundle, in a separate process whose memory is measured. With LANDFALL_SOURCE=1, starts its sources. */
export async function startService(
  name: 'gateway' | 'fulfillment-worker' | 'billing-sync' | 'webhook-ingest',
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const scripts = await prepareScripts({
    env: process.env,
    onStep: () => undefined,
    notWanted: new AbortController().signal,
  });
  return await startProcess(pathToFileURL(scripts(name)), env);
}

/** Starts a Node program that sends an object when it is ready, and stops at SIGTERM. */
export async function startProcess(
  mainFile: URL,
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const startedAt = performance.now();
  const child = fork(mainFile, {
    env: {
      PATH,
      ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }),
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
      NODE_OPTIONS: process.env['SERVICE_NODE_OPTIONS'] ?? heapOptions,
      ...env,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
  if (typeof first !== 'object') throw new Error(`${mainFile.pathname} ended before it was ready`);
  const readyMs = performance.now() - startedAt;
  let seen: number[] = [];
  const timer = setInterval(() => seen.push(residentMb(child)), SAMPLE_MS);
  return {
    url: String(new Map(Object.entries(first ?? {})).get('url')),
    readyMs,
    samples: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function residentMb(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** CPU time of one process so far, in seconds. */
export function cpuSecondsOf(pid: number): number {
  const { user, system } = statOf(pid);
  return (user + system) / TICKS_PER_SECOND;
}

/** CPU time of a process with its running and ended children, in seconds. */
export function cpuSecondsOfTree(pid: number): number {
  const { user, system, ended } = statOf(pid);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const pids = children === '' ? [] : children.split(' ');
  const running = pids.map((child) => statOf(Number(child)));
  const ticks = running.reduce((sum, one) => sum + one.user + one.system, user + system + ended);
  return ticks / TICKS_PER_SECOND;
}

function statOf(pid: number): Readonly<Record<'user' | 'system' | 'ended', number>> {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain blanks. The fields are counted from the one after it.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11);
  return { user, system, ended: endedUser + endedSystem };
}

/** The highest value, and about ten over time. */
export function printMemory(what: string, samples: readonly number[]): void {
  if (samples.length === 0) return;
  const every = Math.max(1, Math.floor(samples.length / 10));
  const shown = samples.filter((_, i) => i % every === 0).join(' ');
  console.log(`${what}: at most ${Math.max(...samples)} MB; MB over time: ${shown}`);
}
