import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const logModule = new URL('../src/log/log.ts', import.meta.url).href;

/** Logs until it exits, like a service after its launcher was killed. */
const program = `
  import { createLogger } from '${logModule}';
  const log = createLogger('landing');
  log.info('begun');
  process.stdin.on('end', () => { log.info('nobody'); log.info('reads this'); process.exit(3); });
  process.stdin.resume();
`;

test('a process ends even if no one reads its log any more', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  try {
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.end();
    const [code] = (await exit) as [number | null];
    expect(code).toBe(3);
  } finally {
    child.kill('SIGKILL');
  }
});
