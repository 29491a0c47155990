import { expect, test } from 'vitest';
import { z } from 'zod';
import { readConfigSchemas } from './config-schemas.ts';
import { connectionsOf, conversations } from './connections.ts';

const schemas = await readConfigSchemas();

function peersOf(service: string): readonly string[] {
  return connectionsOf(schemas)
    .filter(({ from }) => from === service)
    .map(({ to }) => to)
    .toSorted();
}

test('only the gateway opens connections to other services', () => {
  const between = connectionsOf(schemas).filter(({ to }) => to in schemas);
  expect(between.map(({ from, to }) => `${from} ${to}`)).toEqual([
    'gateway landing',
    'gateway webhook-ingest',
  ]);
});

test('a service reaches what its settings name, and nothing else', () => {
  const everywhere = ['collector', 'microsoft', 'nats', 'postgresql'];
  expect(peersOf('webhook-ingest')).toEqual(everywhere);
  expect(peersOf('landing')).toEqual(everywhere);
  expect(peersOf('billing-sync')).toEqual(everywhere);
  expect(peersOf('fulfillment-worker')).toEqual(
    [...everywhere, 'mail-server', 'name-servers', 'products', 'public-address'].toSorted(),
  );
});

test('a new setting with a URL is refused until its peer is known', () => {
  const shape = z.object({ DATABASE_URL: z.string(), ADVICE_URL: z.url() });
  expect(() => connectionsOf({ ...schemas, landing: shape })).toThrow(/landing reads ADVICE_URL/);
});

test('the conversations over NATS are those that the contracts allow', () => {
  const pairs = conversations();
  const calls = pairs.filter((pair) => pair.calls.length > 0);
  expect(calls.map(({ from, to }) => `${from} ${to}`)).toContain('landing fulfillment-worker');
  expect(calls.filter(({ from }) => from === 'fulfillment-worker')).toEqual([]);
  const erasures = pairs.find(({ from, to }) => from === 'fulfillment-worker' && to === 'landing');
  expect(erasures?.facts).toContain('landing-erasures');
});
