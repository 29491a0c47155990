import { writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
/** A busy terminal accepts more within moments. One that accepts nothing for a second is stuck. */
const BUSY_PAUSE_MS = 10;
const BUSY_TRIES = 100;

/**
 * Standard output for a log. Drops lines that cannot be written. pino's own destination would keep trying while the
 * process exits, so a service would never end after its launcher was killed.
 */
export const standardOutput = {
  write(line: string): void {
    let rest: Uint8Array = Buffer.from(line);
    for (let tried = 0; rest.length > 0 && tried < BUSY_TRIES;) {
      try {
        rest = rest.subarray(writeSync(STANDARD_OUTPUT, rest));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
        tried += 1;
        pause(BUSY_PAUSE_MS);
      }
    }
  },
};

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
