import { expect, test } from 'vitest';
import { createFairPlaces, type PlaceOwner } from './fair-places.ts';

const never = new AbortController().signal;
const noisy: PlaceOwner = { name: 'noisy', places: 2, waiting: 100 };
const quiet: PlaceOwner = { name: 'quiet', places: 2, waiting: 100 };

async function held(places: ReturnType<typeof createFairPlaces>, owner: PlaceOwner) {
  const release = await places.take(owner, never);
  if (typeof release !== 'function') throw new Error('there was no place');
  return release;
}

test('an owner gets no more than its places, and another owner still gets one', async () => {
  const places = createFairPlaces(10);
  await held(places, noisy);
  await held(places, noisy);
  let isThirdServed = false;
  void places.take(noisy, never).then(() => (isThirdServed = true));

  await held(places, quiet);

  expect(isThirdServed).toBe(false);
});

test('owners take turns, however many calls of one owner are waiting', async () => {
  const places = createFairPlaces(1);
  const first = await held(places, noisy);
  const order: string[] = [];
  const queue = (owner: PlaceOwner, name: string) =>
    held(places, owner).then((release) => {
      order.push(name);
      release();
    });
  const all = [
    queue(noisy, 'noisy 1'),
    queue(noisy, 'noisy 2'),
    queue(noisy, 'noisy 3'),
    queue(quiet, 'quiet 1'),
    queue(quiet, 'quiet 2'),
  ];

  first();
  await Promise.all(all);

  expect(order).toEqual(['noisy 1', 'quiet 1', 'noisy 2', 'quiet 2', 'noisy 3']);
});

test('an owner with too many waiting calls is refused at once', async () => {
  const places = createFairPlaces(10);
  const impatient = { ...noisy, places: 1, waiting: 1 };
  await held(places, impatient);
  void places.take(impatient, never);

  expect(await places.take(impatient, never)).toBe('full');
  expect(await places.take(quiet, never)).toBeTypeOf('function');
});

test('a call that stops waiting occupies no place', async () => {
  const places = createFairPlaces(1);
  const first = await held(places, noisy);
  const leaving = new AbortController();
  const waiting = places.take(quiet, leaving.signal);
  leaving.abort();
  expect(await waiting).toBeUndefined();
  expect(await places.take(quiet, leaving.signal)).toBeUndefined();

  first();

  expect(await places.take(noisy, never)).toBeTypeOf('function');
});

test('freeing a place twice frees it once', async () => {
  const places = createFairPlaces(1);
  const first = await held(places, noisy);
  first();
  first();
  await held(places, noisy);
  let isSecondServed = false;
  void places.take(quiet, never).then(() => (isSecondServed = true));

  await Promise.resolve();

  expect(isSecondServed).toBe(false);
});
