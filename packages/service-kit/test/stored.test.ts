import { afterAll, beforeAll, expect, test } from 'vitest';
import { headerNames } from '@landfall/contracts/envelope';
import { streams } from '@landfall/contracts/streams';
import { testNats, type TestNats } from '@landfall/servers/testing';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { envelope, testLog } from './fixture.ts';

let nats: TestNats;
let bus: Bus;

beforeAll(async () => {
  nats = await testNats();
  bus = await connectBus({ url: nats.url, name: 'fulfillment-worker', log: testLog() });
  await bus.ensureStreams([streams.deadLetters]);
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
});

const stream = streams.deadLetters.name;

test('stored messages are read by subject and position, across gaps of removed ones', async () => {
  const sequences: number[] = [];
  for (const [consumer, text] of [
    ['one', 'a'],
    ['two', 'b'],
    ['one', 'c'],
    ['one', 'd'],
  ] as const) {
    const told = await bus.publishMessage(`deadletter.${consumer}`, text, envelope(`m-${text}`));
    sequences.push(told.sequence);
  }
  const [first = 0, , third = 0] = sequences;
  const texts = async (subject: string, from: number, limit = 10) =>
    (await bus.readStored({ stream, subject, from, limit })).map(({ body }) => body);
  expect(await texts('deadletter.>', 1)).toEqual(['a', 'b', 'c', 'd']);
  expect(await texts('deadletter.>', 1, 2)).toEqual(['a', 'b']);
  expect(await texts('deadletter.one', first + 1)).toEqual(['c', 'd']);
  expect(await texts('deadletter.nobody', 1)).toEqual([]);
  expect(await bus.removeStored(stream, third)).toBe(true);
  expect(await bus.removeStored(stream, third)).toBe(false);
  expect(await texts('deadletter.one', 1)).toEqual(['a', 'd']);
  const [message] = await bus.readStored({ stream, subject: 'deadletter.two', from: 1, limit: 1 });
  expect(message).toMatchObject({
    subject: 'deadletter.two',
    body: 'b',
    headers: { [headerNames.messageId]: 'm-b' },
  });
  expect(Date.now() - (message?.storedAt.getTime() ?? 0)).toBeLessThan(60_000);
});
