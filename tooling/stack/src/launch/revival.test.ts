import { expect, test } from 'vitest';
import { Revival } from './revival.ts';

const soon = { changed: () => undefined, restartPausesMs: [1] };

test('something that ended is restarted until it runs, and each reason is reported once', async () => {
  const reported: string[] = [];
  const back = Promise.withResolvers<void>();
  let tries = 0;
  const revival = new Revival(
    'thing',
    async () => {
      tries += 1;
      if (tries < 4) throw new Error(tries === 3 ? 'too warm' : 'too cold');
    },
    { ...soon, event: (line) => reported.push(line), changed: () => back.resolve() },
  );
  revival.ended('SIGKILL');
  await back.promise;
  expect(reported).toEqual([
    'thing ended (SIGKILL); restarting it',
    'too cold',
    'too warm',
    'thing is back',
  ]);
});

test('something that is no longer wanted is not restarted', async () => {
  let starts = 0;
  const start = async () => void (starts += 1);
  const revival = new Revival('thing', start, {
    ...soon,
    event: () => undefined,
    restartPausesMs: [60_000],
  });
  revival.ended();
  await revival.stop();
  revival.ended();
  await revival.stop();
  expect(starts).toBe(0);
});

test('stopping cancels a restart in progress and waits for it', async () => {
  const begun = Promise.withResolvers<void>();
  let isOver = false;
  const start = async (notWanted: AbortSignal) => {
    begun.resolve();
    await new Promise((resolve) => notWanted.addEventListener('abort', resolve));
    isOver = true;
  };
  const revival = new Revival('thing', start, { ...soon, event: () => undefined });
  revival.ended();
  await begun.promise;
  await revival.stop();
  expect(isOver).toBe(true);
});
