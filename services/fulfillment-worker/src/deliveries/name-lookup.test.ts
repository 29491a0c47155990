import { lookup as lookUpBySystem } from 'node:dns/promises';
import { expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { openNameServer } from '../../test/name-server.ts';
import { createNameLookup, FAILURE_MEMORY_MS } from './name-lookup.ts';
import { postEvent } from './post-event.ts';

const never = new AbortController().signal;
const NAME = 'product.contoso.example';
/** Below the limit of a look-up, and far more than a successful one needs on a busy machine. */
const SOON_MS = 4_500;

test('a name is resolved by DNS, without waiting long for an address family that gets no answer', async () => {
  await using server = await openNameServer(() => '203.0.113.7');
  const lookup = createNameLookup({ servers: [server.address] });

  expect(await lookup(NAME, never)).toEqual([{ address: '203.0.113.7', family: 4 }]);
});

test('names on a silent name server delay neither other names nor the look-ups of the system', async () => {
  await using silent = await openNameServer();
  await using server = await openNameServer(() => '203.0.113.7');
  const leaving = new AbortController();
  const stuck = createNameLookup({ servers: [silent.address] });
  const waiting = Array.from({ length: 50 }, (_, index) =>
    stuck(`host-${index}.contoso.example`, leaving.signal).catch((error: unknown) => error),
  );

  const startedAt = performance.now();
  const other = await createNameLookup({ servers: [server.address] })(NAME, never);
  await lookUpBySystem('localhost');

  expect(other).toHaveLength(1);
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  leaving.abort();
  await Promise.all(waiting);
});

test('a look-up ends with its attempt', async () => {
  await using silent = await openNameServer();
  const lookup = createNameLookup({ servers: [silent.address] });
  const startedAt = performance.now();

  const answer = await postEvent({
    url: `https://${NAME}/events`,
    headers: {},
    body: '{}',
    signal: AbortSignal.timeout(300),
    isLocal: false,
    lookup,
  });

  expect(answer).toEqual({ failure: 'timeout' });
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
});

test('a look-up at a silent name server fails after seconds, as for a name without an address', async () => {
  await using silent = await openNameServer();
  const lookup = createNameLookup({ servers: [silent.address] });

  await expect(lookup(NAME, never)).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('a name that could not be resolved fails at once for a while; other names are still resolved', async () => {
  await using silent = await openNameServer();
  const lookup = createNameLookup({
    servers: [silent.address],
    rememberFailuresMs: 20 * FAILURE_MEMORY_MS,
  });
  const failed = () => lookup(NAME, never).catch((error: unknown) => error);
  await failed();
  const { asked } = silent;

  expect(await failed()).toMatchObject({ code: 'ENOTFOUND' });
  expect(silent.asked).toBe(asked);

  const leaving = new AbortController();
  const other = lookup('other.contoso.example', leaving.signal).catch(() => undefined);
  await until('the name server is asked about another name', () => silent.asked > asked);
  leaving.abort();
  await other;
});

test('localhost is this machine, without asking a name server', async () => {
  await using silent = await openNameServer();
  const lookup = createNameLookup({ servers: [silent.address] });

  for (const name of ['localhost', 'api.localhost', 'LOCALHOST.']) {
    expect(await lookup(name, never)).toEqual([
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  }
  expect(silent.asked).toBe(0);
});
