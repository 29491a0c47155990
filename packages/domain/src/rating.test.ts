import { describe, expect, test } from 'vitest';
import { decimal, decimalText } from './decimal.ts';
import {
  counterKey,
  countersOf,
  rateHours,
  type Counter,
  type RatingRules,
  type UnratedHour,
} from './rating.ts';

const termStart = new Date('2026-01-06T00:00:00Z');

function hour(fresh: string, over: Partial<UnratedHour> = {}): UnratedHour {
  const of = { subscriptionId: 's1', planId: 'starter', termStart, meter: 'reports' };
  return { ...of, fresh: decimal(fresh), ...over };
}

/** A plan with these included quantities and tiers. A dimension that is absent is not known. */
function plan(
  included: Readonly<Record<string, string | null>>,
  tiers: Readonly<Record<string, readonly (readonly [from: string, dimension: string])[]>> = {},
): RatingRules {
  return {
    included(dimension) {
      const quantity = included[dimension];
      if (quantity === undefined) return undefined;
      return { quantity: quantity === null ? null : decimal(quantity), basis: 'microsoft' };
    },
    tiers: (meter) =>
      tiers[meter]?.map(([from, dimension]) => ({ from: decimal(from), dimension })),
  };
}

/** The units of each hour, as text. */
function rate(
  hours: readonly UnratedHour[],
  rules: RatingRules,
  counters: ReadonlyMap<string, Counter> = new Map(),
) {
  const result = rateHours(hours, () => rules, counters);
  const units = result.rated.map((one) =>
    one.units.map(({ dimension, used, included, reported, remainder }) => ({
      dimension,
      used: decimalText(used),
      included: decimalText(included),
      reported: decimalText(reported),
      remainder: decimalText(remainder),
    })),
  );
  return { ...result, units };
}

const reported = (...given: Parameters<typeof rate>) =>
  rate(...given).units.map((units) => units.map((one) => one.reported).join(' '));

describe('the included quantity', () => {
  test('is used up across hours and across runs', () => {
    const first = rate([hour('900'), hour('250')], plan({ reports: '1000' }));
    expect(first.units).toEqual([
      [{ dimension: 'reports', used: '900', included: '900', reported: '0', remainder: '0' }],
      [{ dimension: 'reports', used: '250', included: '100', reported: '150', remainder: '0' }],
    ]);
    expect(reported([hour('5')], plan({ reports: '1000' }), first.counters)).toEqual(['5']);
  });

  test('belongs to one plan, dimension and term', () => {
    const hours = [
      hour('80'),
      hour('80', { planId: 'growth' }),
      hour('80', { meter: 'api-calls' }),
      hour('80', { termStart: new Date('2026-02-06T00:00:00Z') }),
      hour('80', { subscriptionId: 's2' }),
      hour('80'),
    ];
    const rules = plan({ reports: '100', 'api-calls': '100' });
    expect(reported(hours, rules)).toEqual(['0', '0', '0', '0', '0', '60']);
  });

  test('can be unlimited, and then nothing is reported', () => {
    expect(reported([hour('1000000')], plan({ reports: null }))).toEqual(['0']);
  });

  test('holds the hour while it is not known, and counts nothing of it', () => {
    const known = hour('3', { meter: 'api-calls' });
    const { units, held, counters } = rate([hour('5'), known], plan({ 'api-calls': '0' }));
    expect(units).toHaveLength(1);
    expect(held).toEqual([hour('5')]);
    expect([...counters.values()]).toMatchObject([{ name: 'api-calls' }]);
    expect(rateHours([hour('5')], () => undefined, new Map()).held).toHaveLength(1);
  });

  test('that was raised stops the reports until it is used up', () => {
    const before = rate([hour('20')], plan({ reports: '10' }));
    const after = rate([hour('5'), hour('10')], plan({ reports: '30' }), before.counters);
    expect(reported([hour('20')], plan({ reports: '10' }))).toEqual(['10']);
    expect(after.units.flat().map((one) => one.reported)).toEqual(['0', '0']);
    expect(reported([hour('15')], plan({ reports: '30' }), after.counters)).toEqual(['10']);
  });

  test('that was lowered never bills units that were included when they were used', () => {
    const before = rate([hour('50')], plan({ reports: '100' }));
    expect(reported([hour('1')], plan({ reports: '10' }), before.counters)).toEqual(['1']);
  });
});

describe('a quantity that is reported', () => {
  test('has six decimals, and the rest is owed until it makes a millionth', () => {
    const { units, counters } = rate(
      [hour('0.0000016'), hour('0.0000006')],
      plan({ reports: '0' }),
    );
    expect(units.flat()).toMatchObject([
      { included: '0', reported: '0.000001', remainder: '0.0000006' },
      { included: '0', reported: '0.000001', remainder: '-0.0000004' },
    ]);
    const [counter] = counters.values();
    expect(decimalText(counter!.remainder)).toBe('0.0000002');
  });

  test('has at most 15 digits, and the rest is owed', () => {
    const { units } = rate([hour('12345678901.123456')], plan({ reports: '0' }));
    expect(units.flat()).toMatchObject([{ reported: '12345678901.1234', remainder: '0.000056' }]);
  });
});

describe('a meter with tiers', () => {
  const tiers = {
    calls: [
      ['100', 'calls-1'],
      ['1000', 'calls-2'],
    ] as const,
  };
  const calls = (fresh: string) => hour(fresh, { meter: 'calls' });

  test('is free below its first threshold and is cut at each one', () => {
    const { units } = rate([calls('1250')], plan({ 'calls-1': '0', 'calls-2': '0' }, tiers));
    expect(units).toEqual([
      [
        { dimension: 'calls-1', used: '100', included: '100', reported: '0', remainder: '0' },
        { dimension: 'calls-1', used: '900', included: '0', reported: '900', remainder: '0' },
        { dimension: 'calls-2', used: '250', included: '0', reported: '250', remainder: '0' },
      ],
    ]);
  });

  test('applies the included quantity of each dimension to what came to it', () => {
    const rules = plan({ 'calls-1': '500', 'calls-2': '0' }, tiers);
    const first = rate([calls('400')], rules);
    expect(first.units.flat().map((one) => one.reported)).toEqual(['0', '0']);
    expect(reported([calls('700')], rules, first.counters)).toEqual(['400 100']);
  });

  test('holds usage only if it comes to a dimension that is not known', () => {
    const rules = plan({ 'calls-1': '0' }, tiers);
    const { units, held } = rate([calls('200'), calls('5000')], rules);
    expect(units).toHaveLength(1);
    expect(held).toHaveLength(1);
  });

  test('may change the counter of the meter and of each dimension', () => {
    const keys = countersOf(calls('1'), plan({}, tiers));
    expect(keys.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'meter calls',
      'dimension calls-1',
      'dimension calls-2',
    ]);
    expect(new Set(keys.map(counterKey)).size).toBe(3);
  });
});
