import { afterEach, describe, expect, test } from 'vitest';
import { Clock } from './clock.ts';
import type { Timer } from './timer-queue.ts';

const START = Date.parse('2026-11-22T08:00:00Z');
const clocks: Clock[] = [];

afterEach(async () => {
  for (const clock of clocks.splice(0)) await clock.stop();
});

function frozenClock(run: (timer: Timer, clock: Clock) => Promise<void> | void): Clock {
  const clock = new Clock({ offsetMs: 0, frozenAt: START }, [], () => undefined);
  clocks.push(clock);
  clock.start(async (timer) => run(timer, clock));
  return clock;
}

describe('advancing the clock', () => {
  test('runs due timers in order, each at its own time, and keeps later ones', async () => {
    const ran: [string, number][] = [];
    const clock = frozenClock((timer, at) => void ran.push([timer.id, at.now() - START]));
    clock.schedule('endTerm', 'c', START + 3000);
    clock.schedule('endTerm', 'a', START + 1000);
    clock.schedule('endTerm', 'later', START + 5001);
    clock.schedule('endTerm', 'b', START + 3000);
    await clock.advance(5000);
    expect(ran).toEqual([
      ['a', 1000],
      ['c', 3000],
      ['b', 3000],
    ]);
    expect(clock.now()).toBe(START + 5000);
    expect(clock.read().timers).toBe(1);
  });

  test('also runs timers that a timer sets, if they become due', async () => {
    const ran: number[] = [];
    const clock = frozenClock((timer, at) => {
      ran.push(at.now() - START);
      if (ran.length < 3) at.schedule('deliver', timer.id, at.now() + 1000);
    });
    clock.schedule('deliver', 'x', START + 1000);
    await clock.advance(10_000);
    expect(ran).toEqual([1000, 2000, 3000]);
  });

  test('does not run a cancelled or replaced timer', async () => {
    const ran: string[] = [];
    const clock = frozenClock((timer) => void ran.push(`${timer.id} ${timer.at - START}`));
    clock.schedule('deliver', 'cancelled', START + 10);
    clock.cancel('deliver', 'cancelled');
    clock.schedule('deliver', 'moved', START + 10);
    clock.schedule('deliver', 'moved', START + 20);
    await clock.advance(100);
    expect(ran).toEqual(['moved 20']);
  });

  test('informs its followers of each moment before the timers of that moment run, and of the end', async () => {
    const seen: [string, number][] = [];
    const clock = new Clock({ offsetMs: 0, frozenAt: START }, [], () => undefined);
    clocks.push(clock);
    const note = (what: string) => async () => void seen.push([what, clock.now() - START]);
    clock.start(note('run'), note('tell'));
    clock.schedule('endTerm', 'a', START + 1000);
    clock.schedule('endTerm', 'b', START + 3000);
    clock.schedule('endTerm', 'c', START + 3000);
    await clock.advance(5000);
    await clock.set({ frozen: false });
    expect(seen.slice(0, -1)).toEqual([
      ['tell', 1000],
      ['run', 1000],
      ['tell', 3000],
      ['run', 3000],
      ['run', 3000],
      ['tell', 5000],
    ]);
    expect(seen.at(-1)?.[0]).toBe('tell');
  });

  test('concurrent calls run one after the other', async () => {
    const clock = frozenClock(() => undefined);
    await Promise.all([clock.advance(1000), clock.advance(1000), clock.advance(1000)]);
    expect(clock.now()).toBe(START + 3000);
  });
});

test('a frozen clock runs only due timers', async () => {
  let done: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (done = resolve));
  const ran: string[] = [];
  const clock = frozenClock((timer) => {
    ran.push(timer.id);
    done();
  });
  clock.schedule('deliver', 'in a millisecond', START + 1);
  clock.schedule('deliver', 'now', START);
  await first;
  expect(ran).toEqual(['now']);
  expect(clock.now()).toBe(START);
});

test('a clock that is set back waits again for timers that have not run', async () => {
  const ran: string[] = [];
  const clock = frozenClock((timer) => void ran.push(timer.id));
  clock.schedule('endTerm', 'x', START + 1000);
  await clock.set({ offsetMs: START - 5000 - Date.now() });
  await clock.advance(5000);
  expect(ran).toEqual([]);
  await clock.advance(1100);
  expect(ran).toEqual(['x']);
});

test('a clock continues from the time at which it was frozen', async () => {
  const clock = frozenClock(() => undefined);
  await clock.set({ frozen: false });
  expect(clock.read().frozen).toBe(false);
  expect(clock.now() - START).toBeLessThan(5000);
  expect(clock.now()).toBeGreaterThanOrEqual(START);
});

test('a restored clock keeps its timers', async () => {
  const before = frozenClock(() => undefined);
  before.schedule('endTerm', 'x', START + 1000);
  const { clock: setting, timers } = before.snapshot();
  const ran: string[] = [];
  const after = new Clock(setting, timers, () => undefined);
  clocks.push(after);
  after.start(async (timer) => void ran.push(timer.id));
  await after.advance(1000);
  expect(ran).toEqual(['x']);
});
