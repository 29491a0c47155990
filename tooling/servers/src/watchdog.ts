import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

// The pipe ends when the launcher dies, by any signal. Then the watchdog stops the server, unless
// it was told that the server has ended, and removes the folder. It runs in the background of a
// shell that ends at once, so it has no parent, and a task runner that kills its tasks with all
// their children does not find it. (Pipe 3, because Node closes standard input when the shell
// ends.)
const script = `
{
  read -r word
  if [ "$word" = gone ]; then read -r word
  elif [ "$word" != done ] && kill -s "$2" "$1" 2>/dev/null; then
    tries=0
    while kill -0 "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  fi
  if [ "$word" != done ] && [ -n "$3" ]; then rm -rf -- "$3"; fi
} <&3 3<&- &
`;

export type Watchdog = {
  /**
   * Tells the watchdog that the server has ended: its pid may soon belong to another process. The
   * folder must still be removed.
   */
  tellGone(): void;
  /** Ends the watchdog, because the launcher has cleaned up. */
  dismiss(): void;
};

/**
 * Stops the server `pid` with `signal` as soon as this process has ended, even by `kill -9`, and
 * then removes `throwAwayDir`. Without a shell nothing happens; the next start finds the server by
 * its pid file.
 */
export function startWatchdog(server: {
  readonly pid: number;
  readonly signal: NodeJS.Signals;
  readonly throwAwayDir: string | undefined;
}): Watchdog {
  const { pid, signal, throwAwayDir = '' } = server;
  const args = ['-c', script, 'watchdog', String(pid), signal.replace('SIG', ''), throwAwayDir];
  const shell = spawn('/bin/sh', args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  shell.once('error', () => undefined);
  shell.unref();
  const pipe = shell.stdio[3];
  if (!(pipe instanceof Socket)) return { tellGone: () => undefined, dismiss: () => undefined };
  pipe.on('error', () => undefined);
  pipe.unref();
  return {
    tellGone: () => void (pipe.writable && pipe.write('gone\n')),
    dismiss: () => void (pipe.writable && pipe.end('done\n')),
  };
}
