import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '@landfall/emulator/emulator';
import { freePort } from '@landfall/servers/ports';
import { until } from '@landfall/servers/wait';
import { followClock, type FollowedClock } from '@landfall/service-kit/follow-clock';
import { createLogger } from '@landfall/service-kit/log';

const DAY_MS = 86_400_000;
/** The emulator and its followers read the same system clock a moment apart. On a busy machine, the moment is longer. */
const MOMENT_MS = 30_000;

const lines: string[] = [];
const log = createLogger('landing', 'info', { write: (line) => void lines.push(line) });

let resources: AsyncDisposableStack;
let emulator: Emulator;
beforeEach(async () => {
  lines.length = 0;
  resources = new AsyncDisposableStack();
  emulator = resources.use(await startEmulator());
});
afterEach(() => resources.disposeAsync());

const follow = async () => resources.use(await followClock({ url: emulator.url, log }));
const aheadMs = (clock: FollowedClock) => clock.now().getTime() - Date.now();

test('a follower has the time of the emulator when it starts, and says that time is emulated', async () => {
  await emulator.control.advance(30 * DAY_MS);
  expect(Math.abs(aheadMs(await follow()) - 30 * DAY_MS)).toBeLessThan(MOMENT_MS);
  expect(lines.join()).toContain('time is emulated');
});

test('when a move of the clock is answered, every follower has moved, also back and while frozen', async () => {
  const { control } = emulator;
  const clocks = await Promise.all([follow(), follow(), follow()]);
  const expectAll = (ms: number) => {
    for (const clock of clocks) expect(Math.abs(aheadMs(clock) - ms)).toBeLessThan(MOMENT_MS);
  };
  await control.advance(DAY_MS);
  expectAll(DAY_MS);
  await control.setClock({ offsetMs: -DAY_MS });
  expectAll(-DAY_MS);

  const { now } = await control.setClock({ frozen: true });
  for (const clock of clocks) expect(clock.now().toISOString()).toBe(now);
  const later = await control.advance(DAY_MS);
  for (const clock of clocks) expect(clock.now().toISOString()).toBe(later.now);
  await control.reset();
  expectAll(0);
});

test('a follower keeps its time while the emulator is away, and follows the next one', async () => {
  const first = await startEmulator({ marketplacePort: await freePort() });
  await first.control.advance(DAY_MS);
  const clock = resources.use(await followClock({ url: first.url, log }));
  const port = Number(new URL(first.url).port);
  await first[Symbol.asyncDispose]();
  await until('the follower noticed', async () =>
    lines.join().includes('could not read the clock'),
  );
  expect(Math.abs(aheadMs(clock) - DAY_MS)).toBeLessThan(MOMENT_MS);

  const next = resources.use(await startEmulator({ marketplacePort: port }));
  await until('the follower has the new time', async () => Math.abs(aheadMs(clock)) < MOMENT_MS);
  await next.control.advance(2 * DAY_MS);
  await until('it follows', async () => Math.abs(aheadMs(clock) - 2 * DAY_MS) < MOMENT_MS);
});

test('a follower that has gone delays a move by at most a second', async () => {
  const clock = await follow();
  await clock[Symbol.asyncDispose]();
  const startedAt = performance.now();
  await emulator.control.advance(DAY_MS);
  expect(performance.now() - startedAt).toBeLessThan(MOMENT_MS);
});
