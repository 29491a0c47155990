import { hasArgument, signalProcess, waitUntilGone } from './process-table.ts';
import { startFault } from '@landfall/provisioning/start-fault';

// An idle server shuts down within 20 ms; one that writes a checkpoint takes seconds.
const perSignalMs = 15_000;

/**
 * Stops a server that an earlier launcher left behind, so that its folder can be used again. A
 * recorded pid counts only if that process has `argument` on its command line: after a restart of
 * the machine, the pid may belong to any process. The caller must hold the folder's claim.
 */
export async function stopOrphan(orphan: {
  readonly name: string;
  readonly pid: number | undefined;
  readonly argument: string;
  readonly signals: readonly NodeJS.Signals[];
}): Promise<void> {
  const { pid } = orphan;
  if (pid === undefined || !Number.isInteger(pid) || pid <= 1) return;
  if (!hasArgument(pid, orphan.argument)) return;
  for (const signal of orphan.signals) {
    try {
      if (!signalProcess(pid, signal)) return;
    } catch (error) {
      throw cannotStop(orphan.name, pid, error);
    }
    if (await waitUntilGone(pid, perSignalMs)) return;
  }
  throw cannotStop(orphan.name, pid, undefined);
}

function cannotStop(name: string, pid: number, cause: unknown) {
  const why = cause instanceof Error ? cause.message : 'it does not react';
  return startFault(
    'stop_failed',
    {
      what: `${name} from an earlier start is still running as process ${pid} and cannot be stopped.`,
      why,
      next: `stop process ${pid} as the user who started it, then try again`,
    },
    cause,
  );
}
