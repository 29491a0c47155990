const begin = performance.now();

// Long enough not to chatter, short enough that nobody thinks it hangs.
const tickMs = 5_000;

/**
 * One line on standard error, with the seconds since the start.
 * @param {string} line
 */
export function tell(line) {
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  process.stderr.write(`[landfall ${seconds.padStart(5)}s] ${line}\n`);
}

/**
 * Tells that something begins, then that it still runs, then that it is done.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function showing(what, work) {
  tell(what);
  const ticker = setInterval(() => tell(`… still ${what}`), tickMs);
  try {
    const result = await work();
    tell(`done: ${what}`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}
