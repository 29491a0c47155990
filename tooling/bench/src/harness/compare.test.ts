import { expect, test } from 'vitest';
import { check, compare, type Result, type Side } from './compare.ts';

function bench(pairs: number) {
  const reported: Result[] = [];
  const order: string[] = [];
  const side = (name: string, values: readonly number[]): Side => {
    let run = 0;
    return {
      name,
      async run() {
        order.push(name);
        const value = values[Math.min(run++, values.length - 1)] ?? 0;
        return { value, also: { p99: value * 2 } };
      },
    };
  };
  const context = {
    pairs,
    say: () => undefined,
    report: (result: Result) => reported.push(result),
  };
  return { context, reported, order, side };
}

test('both sides run alternately, and the warm-up pair does not count', async () => {
  const { context, order, side } = bench(2);
  const ours = side('ours', [1, 100, 120]);
  const peer = side('peer', [1000, 50, 40]);
  const goal = { ratioAtLeast: 2 };
  const result = await compare(context, { name: 'rate', unit: '/s', ours, peer, goal });
  expect(order).toEqual(['ours', 'peer', 'peer', 'ours', 'ours', 'peer']);
  expect(result).toMatchObject({ ours: 110, peer: 45, ratio: 2.5, met: true });
  expect(result.also).toEqual({ p99: 220 });
});

test('a goal that is missed is reported as missed', async () => {
  const { context, reported, side } = bench(1);
  await check(context, {
    name: 'start',
    unit: 's',
    ours: side('ours', [3]),
    goal: { atMost: 2.5 },
  });
  expect(reported).toMatchObject([{ name: 'start', ours: 3, peer: null, met: false }]);
});

test('a result without a goal is neither met nor missed', async () => {
  const { context, side } = bench(1);
  const ours = side('ours', [3]);
  expect((await check(context, { name: 'rest', unit: 'MB', ours })).met).toBeNull();
});
