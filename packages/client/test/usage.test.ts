import { expect, test } from 'vitest';
import { TRPCClientError } from '@trpc/client';
import { until } from '@landfall/servers/wait';
import type { Landfall, UsageRecord } from '../src/api.ts';
import { createUsageBuffer, UsageNotSentError, type UsageBufferOptions } from '../src/usage.ts';

type Report = Landfall['usage']['report']['mutate'];

const one = { subscriptionId: 's1', dimension: 'reports', quantity: 1 };
const away = () => new TRPCClientError('fetch failed');

/** A buffer that reports to `answer`, and what it has reported. */
function buffer(options: UsageBufferOptions = {}, answer?: (records: UsageRecord[]) => void) {
  const calls: UsageRecord[][] = [];
  const mutate: Report = async ({ records }) => {
    calls.push([...records]);
    answer?.(records);
    return { results: records.map(({ eventId }) => ({ eventId, outcome: 'taken' as const })) };
  };
  const landfall = { usage: { report: { mutate } } } as unknown as Landfall;
  return { calls, usage: createUsageBuffer(landfall, options) };
}

test('a full batch is reported at once, and a small one within the delay', async () => {
  const { calls, usage } = buffer({ maxBatch: 3, maxDelayMs: 60_000 });
  for (let n = 0; n < 7; n += 1) await usage.add(one);
  await until('two batches are reported', () => calls.length === 2);
  expect(calls.map(({ length }) => length)).toEqual([3, 3]);
  expect(usage.size).toBe(1);

  const soon = buffer({ maxDelayMs: 20 });
  await soon.usage.add(one);
  await until('it is reported', () => soon.calls.length === 1);
  await Promise.all([usage.close(), soon.usage.close()]);
});

test('a record gets an id and the time, and keeps those that it has', async () => {
  const { calls, usage } = buffer();
  await usage.add(one);
  await usage.add({ ...one, eventId: 'job-1', occurredAt: '2026-11-20T10:00:00.000Z' });
  await usage.flush();
  expect(calls[0]?.[0]?.eventId).toMatch(/^[0-9a-f-]{36}$/);
  expect(Date.parse(calls[0]?.[0]?.occurredAt ?? '')).not.toBeNaN();
  expect(calls[0]?.[1]).toEqual({
    ...one,
    eventId: 'job-1',
    occurredAt: '2026-11-20T10:00:00.000Z',
  });
  await usage.close();
});

test('while Landfall is away, records wait, and are sent again under the same ids', async () => {
  let failures = 2;
  const waits: number[] = [];
  const { calls, usage } = buffer({ onRetry: (_error, waitMs) => waits.push(waitMs) }, () => {
    failures -= 1;
    if (failures >= 0) throw away();
  });
  await usage.add(one);
  await usage.add(one);
  await usage.flush();
  expect(waits).toHaveLength(2);
  expect(calls).toHaveLength(3);
  expect(calls[1]).toEqual(calls[0]);
  expect(calls[2]).toEqual(calls[0]);
  expect(usage.size).toBe(0);
  await usage.close();
});

test('a full buffer makes adding wait, and loses nothing', async () => {
  let isAway = true;
  const { calls, usage } = buffer({ maxBuffered: 2, maxDelayMs: 0 }, () => {
    if (isAway) throw away();
  });
  const added: number[] = [];
  const adding = (async () => {
    for (let n = 0; n < 5; n += 1) {
      await usage.add({ ...one, eventId: String(n) });
      added.push(n);
    }
  })();
  await until('it has tried', () => calls.length > 0);
  expect(added).toEqual([0, 1]);
  isAway = false;
  await adding;
  await usage.close();
  const sent = new Set(calls.flat().map(({ eventId }) => eventId));
  expect(sent).toEqual(new Set(['0', '1', '2', '3', '4']));
});

test('each refused record is passed on with its verdict, and the others are not', async () => {
  const refused: unknown[] = [];
  const mutate: Report = async ({ records }) => ({
    results: records.map(({ eventId }) =>
      eventId === 'bad'
        ? { eventId, outcome: 'refused' as const, refusal: 'dimension-unknown' as const }
        : { eventId, outcome: 'taken' as const },
    ),
  });
  const landfall = { usage: { report: { mutate } } } as unknown as Landfall;
  const usage = createUsageBuffer(landfall, {
    onRefused: ({ eventId }, { refusal }) => refused.push([eventId, refusal]),
  });
  await usage.add({ ...one, eventId: 'good' });
  await usage.add({ ...one, eventId: 'bad' });
  await usage.close();
  expect(refused).toEqual([['bad', 'dimension-unknown']]);
});

test('a batch that Landfall cannot read does not hold up the others', async () => {
  const refused: (string | undefined)[] = [];
  const data = { code: 'BAD_REQUEST', httpStatus: 400 };
  const { calls, usage } = buffer(
    { maxBatch: 1, onRefused: (record) => refused.push(record.eventId) },
    ([record]) => {
      if (record?.eventId !== 'bad') return;
      throw TRPCClientError.from({ error: { code: -32600, message: 'unreadable', data } });
    },
  );
  await usage.add({ ...one, eventId: 'bad' });
  await usage.add({ ...one, eventId: 'good' });
  await usage.close();
  expect(refused).toEqual(['bad']);
  expect(calls.flat().map(({ eventId }) => eventId)).toEqual(['bad', 'good']);
});

test('closing reports what is left, and returns what could not be sent in time', async () => {
  const { calls, usage } = buffer({ maxDelayMs: 60_000 });
  await usage.add(one);
  await usage.close();
  expect(calls).toHaveLength(1);
  await expect(usage.add(one)).rejects.toThrow('closed');

  const stuck = buffer({ closeWithinMs: 50 }, () => {
    throw away();
  });
  await stuck.usage.add({ ...one, eventId: 'left' });
  const error = await stuck.usage.close().catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(UsageNotSentError);
  expect((error as UsageNotSentError).records).toMatchObject([{ eventId: 'left' }]);
  await expect(stuck.usage.flush()).rejects.toThrow();
});
