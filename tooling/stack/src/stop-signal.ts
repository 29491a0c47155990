/** If our parent is killed, nothing else would stop the stack. */
const PARENT_POLL_MS = 500;

/** Aborted by Ctrl-C, by SIGTERM, by a closed terminal, and when our parent has ended. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const ask = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  process.on('disconnect', ask);
  // The open channel would otherwise keep this process alive after everything has stopped.
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
