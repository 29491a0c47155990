import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { testDatabase, testNats } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { testAuthority } from './authority.ts';
import { bootIngest, deliver, listenToFacts, notification, testBus } from './fixture.ts';

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
/** The process is killed after this many answers, while the other calls are running. */
const ANSWERS_BEFORE_KILL = 40;

test('a process that is killed under load loses no notification that it answered with 200', async () => {
  await using database = await testDatabase();
  await using nats = await testNats();
  await using authority = await testAuthority();
  await using bus = await testBus(nats);
  await using facts = await listenToFacts(bus);
  const token = await authority.token();
  const child = fork(program, {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.urlFor('webhook-ingest'),
      NATS_URL: nats.urlFor('webhook-ingest'),
      LOG_LEVEL: 'fatal',
      ENTRA_AUTHORITY_URL: authority.url,
      PUBLISHER_TENANT_ID: authority.tenantId,
      FULFILLMENT_CLIENT_ID: authority.clientId,
    },
  });
  const [ready] = (await once(child, 'message')) as [{ url: string }];

  const accepted: unknown[] = [];
  const callers = Array.from({ length: 16 }, async () => {
    while (child.exitCode === null && child.signalCode === null) {
      const body = notification();
      const response = await deliver(ready, token, body).catch(() => undefined);
      if (response?.status === 200) accepted.push(body['subscriptionId']);
      if (accepted.length >= ANSWERS_BEFORE_KILL) child.kill('SIGKILL');
    }
  });
  await Promise.all(callers);
  expect(accepted.length).toBeGreaterThanOrEqual(ANSWERS_BEFORE_KILL);

  await using _next = await bootIngest({ database, nats, issuer: authority });
  await until('every accepted notification is published', () => {
    const published = new Set<unknown>(facts.seen.map((fact) => fact.subscriptionId));
    return accepted.every((subscriptionId) => published.has(subscriptionId));
  });
  const ids = facts.seen.map((fact) => fact.notificationId);
  expect(new Set(ids).size).toBe(ids.length);
});
