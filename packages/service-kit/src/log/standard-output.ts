import { writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
/** A terminal that is busy takes more in a moment; one that takes nothing for a second is stuck. */
const BUSY_PAUSE_MS = 10;
const BUSY_TRIES = 100;

/**
 * Standard output for a log. What cannot be written is dropped: pino's own destination tries again
 * for ever while the process exits, so that a service whose launcher was killed would never end.
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
