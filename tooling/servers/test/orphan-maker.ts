import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('launcher.ts', import.meta.url));

/** Starts a server in another process, which can be killed like a crashing launcher. */
export async function orphanOf(server: 'postgres' | 'nats', folder: string) {
  const child = spawn(process.execPath, [launcher, server, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const first = once(createInterface({ input: child.stdout }), 'line');
  const failed = once(child, 'exit').then(([code]) => [`the launcher ended with ${code}`]);
  const [line] = (await Promise.race([first, failed])) as [string];
  const { url, pid } = JSON.parse(line) as { url: string; pid: number };
  return {
    url,
    pid,
    async killLauncher(): Promise<void> {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
