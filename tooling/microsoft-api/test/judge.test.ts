import { describe, expect, test } from 'vitest';
import { calls, type CallName } from '../src/calls.ts';
import { deviations } from '../src/deviations.ts';
import { judge, type Exchange } from '../src/judge.ts';
import { samples } from './samples.ts';

const names = Object.keys(calls) as CallName[];

describe.each(names)('%s', (name) => {
  const sample = samples[name];

  test("conforms to Microsoft's description", () => {
    expect(judge(sample)).toEqual([]);
  });

  test('is refused if any field of its bodies has another type', () => {
    const broken = [...mutations(sample, 'body'), ...mutations(sample, 'answer')];
    const missed = broken.filter(({ exchange, pointer }) => {
      const flaws = judge(exchange);
      return !flaws.some((flaw) => flaw.pointer === pointer);
    });

    expect(missed.map(({ pointer }) => pointer)).toEqual([]);
  });

  test('is refused if any parameter is missing, unknown or unreadable', () => {
    const without = { ...sample, query: {} };
    const withMore = { ...sample, query: { ...sample.query, limit: '5' } };
    const withHeader = { ...sample, headers: { ...sample.headers, 'x-ms-invented': '1' } };
    const withBadId = { ...sample, headers: { ...sample.headers, 'x-ms-requestid': '1' } };

    expect(pointers(without)).toContain('/query/api-version');
    expect(pointers(withMore)).toEqual(['/query/limit']);
    expect(pointers(withHeader)).toEqual(['/headers/x-ms-invented']);
    expect(pointers(withBadId)).toEqual(['/headers/x-ms-requestid']);
  });

  test('is refused without a bearer token', () => {
    const { authorization: _, ...headers } = sample.headers;

    expect(pointers({ ...sample, headers })).toEqual(['/headers/authorization']);
  });

  test('is refused with a status that Microsoft does not document', () => {
    const flaws = judge({ ...sample, answer: { ...sample.answer!, status: 418 } });

    const { method, path } = calls[name];
    expect(flaws).toEqual([
      {
        call: `${method} ${path}`,
        status: 418,
        pointer: '/answer/status',
        message: '418 is not documented',
      },
    ]);
  });
});

test('an unknown path is refused', () => {
  const flaws = judge({ ...samples.get, path: '/saas/subscriptions/not-a-guid' });

  expect(flaws).toEqual([
    {
      call: 'GET /saas/subscriptions/not-a-guid',
      status: 200,
      pointer: '',
      message: "is no call of Microsoft's",
    },
  ]);
});

test('a change of both plan and seats, or of neither, is refused', () => {
  const both = JSON.stringify({ planId: 'gold', quantity: 5 });

  expect(pointers({ ...samples.change, body: both })).toEqual(['/body']);
  expect(pointers({ ...samples.change, body: '{}' })).toEqual(['/body']);
});

test('an accepted change without the URL of its operation is refused', () => {
  const answer = { ...samples.change.answer!, headers: {} };

  expect(pointers({ ...samples.change, answer })).toEqual(['/answer/headers/operation-location']);
});

test('more than 25 usage events in a batch are refused', () => {
  const { request } = JSON.parse(samples.postUsageBatch.body) as { request: unknown[] };
  const body = JSON.stringify({ request: Array.from({ length: 26 }, () => request[0]) });

  expect(pointers({ ...samples.postUsageBatch, body })).toEqual(['/body/request']);
});

test('if the connection broke before an answer, only the request is checked', () => {
  expect(judge({ ...samples.get, answer: null })).toEqual([]);
  expect(pointers({ ...samples.get, query: {}, answer: null })).toEqual(['/query/api-version']);
});

describe.each(deviations)('the deviation at $at of $calls', ({ calls: at, ...deviation }) => {
  test.each(at)('is needed and sufficient for %s', (name) => {
    const exchange = placed(samples[name], deviation.at, deviation.example);

    const others = deviations.filter((one) => one.at !== deviation.at);
    expect(pointers(exchange, others).map(withoutIndexes)).toEqual([deviation.at]);
    expect(judge(exchange)).toEqual([]);
  });
});

function pointers(exchange: Exchange, known = deviations): string[] {
  return judge(exchange, known).map(({ pointer }) => pointer);
}

function withoutIndexes(pointer: string): string {
  return pointer.replaceAll(/\/\d+/g, '/*');
}

/** Copies of the exchange, each with one field of a body changed to another type. */
function mutations(exchange: Exchange, part: 'body' | 'answer') {
  const text = part === 'body' ? exchange.body : exchange.answer!.body;
  if (text === '') return [];
  const body: unknown = JSON.parse(text);
  const prefix = part === 'body' ? '/body' : '/answer/body';
  return pathsOf(body).map((path) => ({
    pointer: `${prefix}${path}`,
    exchange: placed(exchange, `${prefix}${path}`, { of: 'another type' }),
  }));
}

function pathsOf(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, `${at}/${key}`));
}

/** The exchange with another value at a pointer; `*` means the first item of a list. */
function placed(exchange: Exchange, pointer: string, value: unknown): Exchange {
  const answer = exchange.answer!;
  if (pointer === '/answer/status') {
    return { ...exchange, answer: { ...answer, status: value as number } };
  }
  if (pointer.startsWith('/query/')) {
    const name = pointer.slice('/query/'.length);
    return { ...exchange, query: { ...exchange.query, [name]: String(value) } };
  }
  const isAnswer = pointer.startsWith('/answer/body');
  const keys = pointer
    .replace(/^(\/answer)?\/body/, '')
    .split('/')
    .slice(1);
  const text = isAnswer ? answer.body : exchange.body;
  const body =
    keys.length === 0 ? String(value) : JSON.stringify(put(JSON.parse(text), keys, value));
  return isAnswer ? { ...exchange, answer: { ...answer, body } } : { ...exchange, body };
}

function put(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(target) ? [...target] : { ...(target as object) }) as Record<
    string,
    unknown
  >;
  const name = key === '*' ? '0' : key;
  copy[name] = put(copy[name], rest, value);
  return copy;
}
