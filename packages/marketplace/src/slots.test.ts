import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

const open = new AbortController().signal;

test('no more than the given number of slots are held at once', async () => {
  const slots = createSlots(2);
  await slots.take('customer', open);
  const second = await slots.take('customer', open);
  let third = false;
  const waiting = slots.take('customer', open).then(() => {
    third = true;
  });
  await Promise.resolve();
  expect(third).toBe(false);
  second?.();
  await waiting;
  expect(third).toBe(true);
});

test('customer calls go before background work, in their own order', async () => {
  const slots = createSlots(1);
  const first = await slots.take('background', open);
  const order: string[] = [];
  const run = async (name: string, priority: 'customer' | 'background'): Promise<void> => {
    const release = await slots.take(priority, open);
    order.push(name);
    release?.();
  };
  const all = [
    run('sync', 'background'),
    run('first customer', 'customer'),
    run('second customer', 'customer'),
  ];
  first?.();
  await Promise.all(all);
  expect(order).toEqual(['first customer', 'second customer', 'sync']);
});

test('a caller that stops waiting does not use up a slot', async () => {
  const slots = createSlots(1);
  const first = await slots.take('customer', open);
  const impatient = new AbortController();
  const waiting = slots.take('customer', impatient.signal);
  impatient.abort();
  expect(await waiting).toBeUndefined();
  first?.();
  expect(await slots.take('customer', open)).toBeTypeOf('function');
});

test('freeing a slot twice frees it once', async () => {
  const slots = createSlots(1);
  const first = await slots.take('customer', open);
  first?.();
  first?.();
  await slots.take('customer', open);
  const late = new AbortController();
  const waiting = slots.take('customer', late.signal);
  late.abort();
  expect(await waiting).toBeUndefined();
});
