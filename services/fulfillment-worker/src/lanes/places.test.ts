import { expect, test } from 'vitest';
import { followingPlaces, OWN_PLACES, type FollowingPlaces } from './places.ts';

/** A publisher's places on a clock that only the test moves. */
function placesOn(most: number, shared = { left: Math.max(0, most - OWN_PLACES) }) {
  const clock = { ms: 0 };
  const places = followingPlaces({ most, shared, now: () => clock.ms });
  return { places, clock, shared };
}

/** Work waits, and as many calls are answered as there are places. */
function round(places: FollowingPlaces, durationMs: number): void {
  places.isShort();
  const calls = places.limit;
  for (let call = 0; call < calls; call += 1)
    places.observe({ operation: 'get', durationMs, code: undefined });
}

function rounds(count: number, places: FollowingPlaces, durationMs: number): void {
  for (let number = 0; number < count; number += 1) round(places, durationMs);
}

const refuse = (places: FollowingPlaces) =>
  places.observe({ operation: 'get', durationMs: 1, code: 'marketplace.throttled' });

test('while work waits and Microsoft answers as usual, places grow to the ceiling', () => {
  const { places } = placesOn(256);
  expect(places.limit).toBe(OWN_PLACES);
  rounds(6, places, 100);
  expect(places.limit).toBe(256);
});

test('a ceiling below a publisher’s own places is respected', () => {
  const { places } = placesOn(8);
  rounds(20, places, 100);
  expect(places.limit).toBe(8);
});

test('places do not grow while no work waits', () => {
  const { places } = placesOn(256);
  for (let call = 0; call < 1_000; call += 1)
    places.observe({ operation: 'get', durationMs: 100, code: undefined });
  expect(places.limit).toBe(OWN_PLACES);
});

test('slower answers stop the growth, and much slower ones take places away', () => {
  const { places } = placesOn(256);
  rounds(2, places, 100);
  const grown = places.limit;
  rounds(3, places, 500);
  expect(places.limit).toBe(grown);
  rounds(3, places, 1_000);
  expect(places.limit).toBeLessThan(grown);
  rounds(20, places, 1_000);
  expect(places.limit).toBe(OWN_PLACES);
});

test('different kinds of calls have different usual times', () => {
  const { places } = placesOn(256);
  for (let number = 0; number < 20; number += 1) {
    places.isShort();
    for (let call = 0; call < 100; call += 1) {
      places.observe({ operation: 'get', durationMs: 20, code: undefined });
      places.observe({ operation: 'updateOperation', durationMs: 2_000, code: undefined });
    }
  }
  expect(places.limit).toBe(256);
});

test('slow answers that last become the usual ones', () => {
  const { places, clock } = placesOn(256);
  rounds(2, places, 100);
  for (let number = 0; number < 3; number += 1) {
    clock.ms += 16_000;
    round(places, 1_000);
  }
  const before = places.limit;
  rounds(2, places, 1_000);
  expect(places.limit).toBeGreaterThan(before);
});

test('a burst of refusals halves the places once, and they return one by one', () => {
  const { places, clock } = placesOn(256);
  rounds(6, places, 100);
  clock.ms += 120_000;
  refuse(places);
  refuse(places);
  expect(places.limit).toBe(128);

  clock.ms += 1_100;
  rounds(5, places, 100);
  expect(places.limit).toBe(129);

  clock.ms += 60_000;
  round(places, 100);
  expect(places.limit).toBe(194);
});

test('a publisher whose calls are all refused keeps a few places', () => {
  const { places, clock } = placesOn(256);
  for (let number = 0; number < 20; number += 1) {
    clock.ms += 2_000;
    refuse(places);
  }
  expect(places.limit).toBe(4);
});

test('publishers share the places beyond their own, and unused ones return', () => {
  const shared = { left: 64 };
  const busy = placesOn(96, shared);
  const other = placesOn(96, shared);
  rounds(20, busy.places, 100);
  rounds(20, other.places, 100);
  expect([busy.places.limit, other.places.limit]).toEqual([96, OWN_PLACES]);

  for (let second = 0; second < 20; second += 1) {
    busy.clock.ms += 1_100;
    busy.places.held(3);
  }
  rounds(20, other.places, 100);
  expect([busy.places.limit, other.places.limit]).toEqual([OWN_PLACES, 96]);
});
