import { expect, test } from 'vitest';
import { Fault } from '@landfall/domain/fault';
import { startLoop } from './loop.ts';
import { createLogger } from '../log/log.ts';

const NEVER_MS = 60_000;
/** Longer than any test may take. */
const DAY_MS = 86_400_000;

function quietLog(lines: string[] = []) {
  return createLogger('landing', 'debug', { write: (line) => void lines.push(line) });
}

test('a wake-up during a run leads to exactly one more run', async () => {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let runs = 0;
  await using loop = startLoop({
    name: 'test',
    everyMs: NEVER_MS,
    log: quietLog(),
    async run() {
      runs += 1;
      if (runs === 1) await first.promise;
      else second.resolve();
    },
  });
  for (let i = 0; i < 5; i += 1) loop.wake();
  first.resolve();
  await second.promise;
  await new Promise(setImmediate);
  expect(runs).toBe(2);
});

test('the sweep replaces a lost wake-up', async () => {
  const done = Promise.withResolvers<void>();
  let runs = 0;
  await using _ = startLoop({
    name: 'test',
    everyMs: 5,
    log: quietLog(),
    async run() {
      runs += 1;
      if (runs === 3) done.resolve();
    },
  });
  await done.promise;
  expect(runs).toBe(3);
});

test('repeated failures are logged when they begin and when they end, not each time', async () => {
  const lines: string[] = [];
  const done = Promise.withResolvers<void>();
  let runs = 0;
  {
    await using _ = startLoop({
      name: 'test',
      everyMs: 2,
      log: quietLog(lines),
      async run() {
        runs += 1;
        if (runs <= 4) throw new Fault('database.unavailable', 'away', { retry: 'later' });
        done.resolve();
      },
    });
    await done.promise;
  }
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    'failed; trying again',
    'works again',
  ]);
});

test('closing signals the run to stop and waits for it', async () => {
  const started = Promise.withResolvers<void>();
  let isFinished = false;
  const loop = startLoop({
    name: 'test',
    everyMs: NEVER_MS,
    log: quietLog(),
    async run(signal) {
      started.resolve();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      isFinished = true;
    },
  });
  await started.promise;
  await loop[Symbol.asyncDispose]();
  expect(isFinished).toBe(true);
});

test('a loop runs soon after its clock was set forward, and keeps its pace if it was set back', async () => {
  const second = Promise.withResolvers<void>();
  let aheadMs = 0;
  let runs = 0;
  await using _ = startLoop({
    name: 'test',
    everyMs: DAY_MS,
    now: () => new Date(Date.now() + aheadMs),
    log: quietLog(),
    async run() {
      runs += 1;
      aheadMs = runs === 1 ? DAY_MS : -DAY_MS;
      if (runs === 2) second.resolve();
    },
  });
  await second.promise;
  await new Promise(setImmediate);
  expect(runs).toBe(2);
});

test('a loop with a frozen clock keeps its pace', async () => {
  const third = Promise.withResolvers<void>();
  const frozen = new Date();
  let runs = 0;
  await using _ = startLoop({
    name: 'test',
    everyMs: 5,
    now: () => frozen,
    log: quietLog(),
    async run() {
      runs += 1;
      if (runs === 3) third.resolve();
    },
  });
  await third.promise;
  expect(runs).toBe(3);
});
