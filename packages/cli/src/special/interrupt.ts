import { exitCodes } from '../failure.ts';

/**
 * Ctrl-C and SIGTERM abort the signal, so that a command that runs until it is stopped can close what it opened. A second
 * one ends the program at once.
 */
export function onCtrlC(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}
