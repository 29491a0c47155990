import { describe, expect, test } from 'vitest';
import { parseExactly } from './exact-json.ts';
import { listItems, nextLinkOf, parseDate, parseGuid, reader } from './read.ts';

function read(raw: unknown) {
  const problems: string[] = [];
  const from = reader(raw, problems);
  if (!from) throw new Error('not an object');
  return { from, problems };
}

describe('quantities', () => {
  test.each([
    [20, 20],
    ['20', 20],
    [' 25', 25],
    [1_000_000, 1_000_000],
  ])('%j is %j seats', (raw, seats) => {
    const { from, problems } = read({ quantity: raw });
    expect(from.seats('quantity')).toBe(seats);
    expect(problems).toEqual([]);
  });

  test.each([[null], [''], ['  ']])('%j means not per seat', (raw) => {
    const { from, problems } = read({ quantity: raw });
    expect(from.seats('quantity')).toBeNull();
    expect(problems).toEqual([]);
  });

  test('absent seats say nothing', () => {
    const { from, problems } = read({});
    expect(from.seats('quantity')).toBeUndefined();
    expect(problems).toEqual([]);
  });

  test.each([[0], [-1], [1.5], ['many'], [true], [{}], [Number.MAX_VALUE]])(
    '%j is not accepted as seats, and is flagged',
    (raw) => {
      const { from, problems } = read({ quantity: raw });
      expect(from.seats('quantity')).toBeUndefined();
      expect(problems).toEqual(['quantity-invalid']);
    },
  );
});

describe('decimals', () => {
  test.each([
    ['0.1', '0.1'],
    ['1e-7', '0.0000001'],
    ['123456789012.123456', '123456789012.123456'],
    ['9007199254740993', '9007199254740993'],
    ['0.1234567890123456789', '0.1234567890123456789'],
    ['1.50E+3', '1500'],
    ['12.5e1', '125'],
    ['1.25e1', '12.5'],
    ['10.00', '10'],
    ['100', '100'],
    ['-0.0', '0'],
    ['-2.50', '-2.5'],
    ['"7.10"', '7.1'],
    ['" 007 "', '7'],
  ])('%s is %s', (json, text) => {
    const { from, problems } = read(parseExactly(`{"q":${json}}`));
    expect(from.decimal('q')).toBe(text);
    expect(problems).toEqual([]);
  });

  test.each([['null'], ['""']])('%s means absent', (json) => {
    const { from, problems } = read(parseExactly(`{"q":${json}}`));
    expect(from.decimal('q')).toBeUndefined();
    expect(problems).toEqual([]);
  });

  test.each([['"NaN"'], ['"1,5"'], ['".5"'], ['"0x10"'], ['true'], ['{}'], ['1e400'], ['1e-400']])(
    '%s is flagged',
    (json) => {
      const { from, problems } = read(parseExactly(`{"q":${json}}`));
      expect(from.decimal('q')).toBeUndefined();
      expect(problems).toEqual(['q-invalid']);
    },
  );

  test('leave other numbers as they are', () => {
    expect(parseExactly('{"a":7,"b":[1.5],"c":12345678901234567890}')).toEqual({
      a: 7,
      b: [1.5],
      c: '12345678901234567890',
    });
  });
});

describe('dates', () => {
  test.each([
    ['2023-02-10T18:48:58.4449937Z', '2023-02-10T18:48:58.444Z'],
    ['2018-12-01T00:00:00', '2018-12-01T00:00:00.000Z'],
    ['2018-12-01T08:30:14.28', '2018-12-01T08:30:14.280Z'],
    ['2025-01-12', '2025-01-12T00:00:00.000Z'],
    ['2025-01-12T10:00:00+02:00', '2025-01-12T08:00:00.000Z'],
    [' 2025-01-12T10:00:00Z ', '2025-01-12T10:00:00.000Z'],
  ])('%s is %s', (raw, iso) => {
    expect(parseDate(raw)?.toISOString()).toBe(iso);
  });

  test.each([['0001-01-01T00:00:00'], ['0001-01-01'], [''], [null]])('%j means no date', (raw) => {
    const { from, problems } = read({ endDate: raw });
    expect(from.date('endDate')).toBeUndefined();
    expect(problems).toEqual([]);
  });

  test.each([['soon'], ['2025-13-01'], ['10/02/2023'], [true]])('%j is flagged', (raw) => {
    const { from, problems } = read({ endDate: raw });
    expect(from.date('endDate')).toBeUndefined();
    expect(problems).toEqual(['endDate-invalid']);
  });
});

describe('keys', () => {
  test('match in any case, and with blanks around them', () => {
    expect(read({ PlanId: 'gold' }).from.text('planId')).toBe('gold');
    expect(read({ 'id  ': 'x' }).from.text('id')).toBe('x');
  });

  test('fall back to an alias if the first name is missing or empty', () => {
    expect(read({ operationId: 'b' }).from.text('id', 'operationId')).toBe('b');
    expect(read({ id: '', operationId: 'b' }).from.text('id', 'operationId')).toBe('b');
    expect(read({ id: 'a', operationId: 'b' }).from.text('id', 'operationId')).toBe('a');
  });

  test('never match inherited properties', () => {
    expect(read({}).from.text('constructor')).toBeUndefined();
    expect(read({}).from.text('__proto__')).toBeUndefined();
  });

  test('of nested objects appear with their path in problems', () => {
    const { from, problems } = read({ term: { startDate: 'x' } });
    from.object('term')?.date('startDate');
    expect(problems).toEqual(['term.startDate-invalid']);
  });
});

test('GUIDs become lower case, and the all-zero one counts as absent', () => {
  expect(parseGuid(' 8151AA9B-0000-4000-8000-00000000ABCD ')).toBe(
    '8151aa9b-0000-4000-8000-00000000abcd',
  );
  expect(parseGuid('00000000-0000-0000-0000-000000000000')).toBeUndefined();
});

test('flags can be booleans or the words true and false', () => {
  expect(read({ isTest: 'True' }).from.flag('isTest')).toBe(true);
  expect(read({ isTest: false }).from.flag('isTest')).toBe(false);
  expect(read({ isTest: 'maybe' }).from.flag('isTest')).toBeUndefined();
});

test.each([
  [{ operations: [1] }, [1]],
  [[1], [1]],
  [{}, []],
  [undefined, []],
  ['', []],
  [null, []],
  [{ operations: null }, []],
  [{ Operations: [1] }, [1]],
])('the list in %j is %j', (body, items) => {
  expect(listItems(body, 'operations')).toEqual(items);
});

test.each([
  [{ '@nextLink': 'https://x/' }, 'https://x/'],
  [{ nextLink: 'https://x/' }, 'https://x/'],
  [{ '@nextLink': '' }, undefined],
  [{}, undefined],
  [undefined, undefined],
])('the next link of %j is %j', (body, link) => {
  expect(nextLinkOf(body)).toBe(link);
});
