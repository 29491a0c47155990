import { writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
/** A busy terminal accepts more within moments. One that accepts nothing for a second is stuck. */
const BUSY_PAUSE_MS = 10;
const BUSY_TRIES = 100;
/** The most characters that wait to be written: as many as a Linux pipe takes at once. */
const MAX_WAITING = 64 * 1024;

let waiting = '';

/**
 * Standard output for a log. Drops lines that cannot be written. pino's own destination would keep trying while the
 * process exits, so a service would never end after its launcher was killed. Lines of one turn of the event loop are
 * written together, because each write costs as much as the rest of a short request. A process writes the waiting lines
 * when it exits. Only a killed process loses the lines of its last turn.
 */
export const standardOutput = {
  write(line: string): void {
    if (waiting === '') setImmediate(flush);
    waiting += line;
    if (waiting.length >= MAX_WAITING) flush();
  },
};

process.on('exit', flush);

function flush(): void {
  let rest: Uint8Array = Buffer.from(waiting);
  waiting = '';
  for (let tried = 0; rest.length > 0 && tried < BUSY_TRIES;) {
    try {
      rest = rest.subarray(writeSync(STANDARD_OUTPUT, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
      tried += 1;
      pause(BUSY_PAUSE_MS);
    }
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
