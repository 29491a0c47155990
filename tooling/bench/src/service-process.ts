import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { heapOptions } from '@landfall/stack/service-processes';

const SAMPLE_MS = 100;

export interface ServiceProcess extends AsyncDisposable {
  /** Resident memory since the last call, in MB. */
  samples(): readonly number[];
}

/** Starts a service as in production: a separate process, whose memory is measured. */
export async function startService(
  name: 'fulfillment-worker' | 'billing-sync',
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const mainFile = new URL(`../../../services/${name}/src/main.ts`, import.meta.url);
  const child = fork(mainFile, {
    env: {
      PATH: process.env['PATH'],
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
      NODE_OPTIONS: process.env['SERVICE_NODE_OPTIONS'] ?? heapOptions,
      ...env,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
  if (typeof first !== 'object') throw new Error(`${name} ended before it was ready`);
  let seen: number[] = [];
  const timer = setInterval(() => seen.push(residentMb(child)), SAMPLE_MS);
  return {
    samples: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
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

/** The highest value, and about ten over time. */
export function printMemory(what: string, samples: readonly number[]): void {
  if (samples.length === 0) return;
  const every = Math.max(1, Math.floor(samples.length / 10));
  const shown = samples.filter((_, i) => i % every === 0).join(' ');
  console.log(`${what}: at most ${Math.max(...samples)} MB; MB over time: ${shown}`);
}
