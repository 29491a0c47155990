import { PATIENCE_MS } from '@landfall/config/patience';
import { serviceProcesses, type Plan } from './service-processes.ts';
import { StartError, superviseProcess, type SupervisedProcess } from './supervised-process.ts';
import type { Place } from './surroundings.ts';

const READY_POLL_MS = 50;

/**
 * Starts all services at the same time: none needs another to start, and each waits for its
 * servers. Resolves when the gateway reports that everything is ready. The first failure cancels
 * the others.
 */
export async function startServices(plan: Plan, place: Place): Promise<SupervisedProcess[]> {
  const { closer, events } = place;
  const failure = new AbortController();
  const notWanted = AbortSignal.any([place.notWanted, failure.signal]);
  const started = await Promise.allSettled(
    serviceProcesses(plan).map(async (spec) => {
      try {
        return await superviseProcess(spec, events, notWanted);
      } catch (error) {
        failure.abort(error);
        throw error;
      }
    }),
  );
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  closer.add('services', async () => {
    await Promise.all(running.map((one) => one.stop()));
  });
  // Throws the first failure; the other services ended because of it.
  failure.signal.throwIfAborted();
  await waitUntilReady(`http://127.0.0.1:${plan.ports.gateway}/readyz`, place);
  return running;
}

async function waitUntilReady(url: string, { folder, notWanted }: Place): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    notWanted.throwIfAborted();
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
  throw new StartError(
    `The services started, but ${url} was not ready within ${PATIENCE_MS / 1000} s.\n` +
      `  Next step: read the logs in ${folder.logs}`,
  );
}
