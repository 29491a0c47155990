import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, parseConfig, variablesOf } from '@landfall/service-kit/config';
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

/** Settings that may name another machine without TLS, with the reason. */
const mayBePlain = {
  LANDING_URL: 'services answer over HTTP; network policies admit only the gateway',
  WEBHOOK_INGEST_URL: 'the same',
  SMTP_URL: 'STARTTLS is required before the password',
  PRODUCT_URL: 'a link for buyers; nothing of ours is sent there',
  SUPPORT_URL: 'the same',
} as const;

test('a secret crosses a network only with TLS, whichever setting names the other machine', () => {
  const plain = ['http:', 'nats:', 'postgres:', 'smtp:'].map(
    (scheme) => `${scheme}//marketplace.contoso.example/api`,
  );
  const accepted = Object.values(schemas).flatMap((schema) =>
    variablesOf(schema)
      .filter((name) => /_(URL|ENDPOINT)$/.test(name))
      // It is checked separately, once all other settings are valid.
      .filter((name) => name !== 'CLOCK_URL')
      .filter((name) => plain.some((url) => !refuses(schema, name, url))),
  );
  expect(new Set(accepted)).toEqual(new Set(Object.keys(mayBePlain)));
});

function refuses(schema: z.ZodType, name: string, url: string): boolean {
  try {
    parseConfig(schema, { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=1', [name]: url });
    return false;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.some((fault) => fault.name === name);
  }
}

test('the conversations over NATS are those that the contracts allow', () => {
  const pairs = conversations();
  const calls = pairs.filter((pair) => pair.calls.length > 0);
  expect(calls.map(({ from, to }) => `${from} ${to}`)).toContain('landing fulfillment-worker');
  expect(calls.filter(({ from }) => from === 'fulfillment-worker')).toEqual([]);
  const erasures = pairs.find(({ from, to }) => from === 'fulfillment-worker' && to === 'landing');
  expect(erasures?.facts).toContain('landing-erasures');
});
