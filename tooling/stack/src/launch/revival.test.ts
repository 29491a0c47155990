import { expect, test } from 'vitest';
import { Revival } from './revival.ts';

const soon = { changed: () => undefined, restartPausesMs: [1] };

test('what ended is started again until it runs, and each reason is told once', async () => {
  const told: string[] = [];
  const back = Promise.withResolvers<void>();
  let tries = 0;
  const revival = new Revival(
    'thing',
    async () => {
      tries += 1;
      if (tries < 4) throw new Error(tries === 3 ? 'too warm' : 'too cold');
    },
    { ...soon, event: (line) => told.push(line), changed: () => back.resolve() },
  );
  revival.ended('SIGKILL');
  await back.promise;
  expect(told).toEqual([
    'thing ended (SIGKILL); starting it again',
    'too cold',
    'too warm',
    'thing is back',
  ]);
});

test('what is not wanted any more is not started again', async () => {
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

test('stopping waits for a start that is under way and calls it off', async () => {
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
