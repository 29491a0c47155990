/** Whoever started us may be killed without a word; then nobody would ever stop the stack. */
const PARENT_POLL_MS = 500;

/** Aborted by Ctrl-C, SIGTERM, a closed terminal, or when the parent is gone. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const ask = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  process.on('disconnect', ask);
  // Listening for its end would otherwise keep us alive after everything has stopped.
  process.channel?.unref();
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) ask();
  }, PARENT_POLL_MS).unref();
  return stop.signal;
}

export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
