const begin = performance.now();

// Long enough not to fill the terminal, short enough that it does not look like a hang.
const tickMs = 5_000;

/**
 * Prints one line to standard error, with the seconds since the start.
 * @param {string} line
 */
export function report(line) {
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  process.stderr.write(`[landfall ${seconds.padStart(5)}s] ${line}\n`);
}

/**
 * Reports that `work` begins, that it is still running, and that it is done.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(what, work) {
  report(what);
  const ticker = setInterval(() => report(`… still ${what}`), tickMs);
  try {
    const result = await work();
    report(`done: ${what}`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}
