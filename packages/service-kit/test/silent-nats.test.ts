import { expect, test } from 'vitest';
import { startSilentProxy } from '@landfall/servers/silent-proxy';
import { testNats } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { connectBus } from '../src/bus/bus.ts';
import { testLog } from './fixture.ts';

const SUBJECT = 'rpc.billing-sync.test.ask';
/** Our bus notices the silence within about ten seconds, on a busy machine later. Without it, the NATS client needs four minutes. */
const NOTICED_MS = 60_000;

test('a silent connection to NATS is noticed and replaced within seconds', async () => {
  await using nats = await testNats();
  await using proxy = await startSilentProxy(nats.url);
  await using owner = await connectBus({ url: nats.url, name: 'billing-sync', log: testLog() });
  await using caller = await connectBus({ url: proxy.url, name: 'gateway', log: testLog() });
  await using _ = owner.respond(SUBJECT, 'billing-sync', async () => 'answered');
  const ask = () =>
    caller.request(SUBJECT, '', { headers: {}, timeoutMs: 1_000 }).catch(() => 'no answer');
  expect(await ask()).toBe('answered');
  expect(proxy.fallSilent()).toBe(1);
  const silentSince = performance.now();
  expect(await ask()).toBe('no answer');

  await until('calls are answered again', async () => (await ask()) === 'answered');

  expect(performance.now() - silentSince).toBeLessThan(NOTICED_MS);
});
