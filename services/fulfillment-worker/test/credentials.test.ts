import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { MAX_ATTEMPTS } from '../src/lanes/back-off.ts';
import { takeWarning } from '../src/store/credential-health.ts';
import { hurry } from './hurry.ts';
import { openFixture, purchase, settled, subscribed, type Fixture } from './fixture.ts';
import { countTokenRequests } from './token-requests.ts';

const SUBSCRIPTIONS = 12;
const DAY_MS = 86_400_000;

let fixture: Fixture;
let folder: string;
beforeEach(async () => {
  fixture = await openFixture();
  folder = await mkdtemp(path.join(tmpdir(), 'landfall-credentials-'));
});
afterEach(async () => {
  await fixture[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const status = () => fixture.client.credentials.status.query({});

const inState = (state: string) =>
  until(`the credential is ${state}`, async () => (await status()).state === state);

async function secretFile(content: string): Promise<string> {
  const file = path.join(folder, 'secret');
  await writeFile(file, content);
  return file;
}

/** The fixture's environment with its secret in a file. */
function environmentWith(file: string): Record<string, string> {
  const { FULFILLMENT_CLIENT_SECRET: _secret, ...rest } = fixture.environment;
  return { ...rest, FULFILLMENT_CLIENT_SECRET_FILE: file };
}

const tasks = async (where: 'open' | 'parked') => {
  const { rows } = await fixture.db.pool.query<{ attempts: number; last_error: string | null }>(
    `select attempts, last_error from tasks where done_at is null
      and dead_at is ${where === 'open' ? '' : 'not'} null`,
  );
  return rows;
};

test('a refused secret delays work, loses nothing, and its rotation needs no restart', async () => {
  await using authority = await countTokenRequests(fixture.emulator.authorityUrl);
  const file = await secretFile('expired-long-ago');
  const env = {
    ...environmentWith(file),
    ENTRA_AUTHORITY_URL: authority.url,
    FULFILLMENT_CREDENTIAL_EXPIRES: new Date(Date.now() + 5 * DAY_MS).toISOString(),
  };
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const worker = fork(main, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let written = '';
  worker.stdout?.setEncoding('utf8').on('data', (text: string) => (written += text));
  try {
    await once(worker, 'message');
    await inState('rejected');

    // Microsoft continues to notify; every notification is stored and becomes a waiting task.
    const ids: string[] = [];
    for (let n = 0; n < SUBSCRIPTIONS; n += 1) {
      const bought = await fixture.control.purchase({
        offerId: 'analytics',
        planId: 'starter',
        beneficiary: 'ada@fabrikam.example',
      });
      await fixture.marketplace.activate(
        { subscriptionId: bought.subscriptionId, planId: 'starter' },
        {},
      );
      await until('active at Microsoft', async () => {
        const { status: now } = await fixture.control.subscription(bought.subscriptionId);
        return now === 'Subscribed';
      });
      await fixture.control.suspend(bought.subscriptionId);
      ids.push(bought.subscriptionId);
    }
    const waiting = await until('all wait for access', async () => {
      const all = await tasks('open');
      const isWaiting = all.every(({ last_error: error }) => error === 'credentials.rejected');
      return all.length >= SUBSCRIPTIONS && isWaiting && all;
    });
    expect(waiting.every(({ attempts }) => attempts === 0)).toBe(true);
    expect(await status()).toMatchObject({
      kind: 'secret-file',
      state: 'rejected',
      failure: 'credentials.rejected',
    });
    const refusals = authority.count();
    // Requested at the start, then after 15, 30 and 60 s at the earliest, so fewer times than tasks wait.
    expect(refusals).toBeGreaterThan(0);
    expect(refusals).toBeLessThan(SUBSCRIPTIONS);

    const { clientSecret } = await fixture.control.rotateSecret();
    await secretFile(`${clientSecret}\n`);
    for (const subscriptionId of ids) {
      await hurry(fixture, subscriptionId, async () => {
        const seen = await fixture.client.subscriptions.get
          .query({ subscriptionId })
          .catch(() => undefined);
        return seen?.status === 'Suspended';
      });
    }
    for (const subscriptionId of ids) await settled(fixture, subscriptionId);
    expect(await tasks('parked')).toEqual([]);
    await inState('expiring');
    expect(authority.countWith(clientSecret)).toBe(1);
    expect(await status()).not.toHaveProperty('failure');

    await until('the end of the failure is logged', () => written.includes('works again'));
    const alerts = written.split('\n').filter((line) => line.includes('"level":"error"'));
    expect(alerts.map((line) => (JSON.parse(line) as { msg: string }).msg).toSorted()).toEqual([
      'the marketplace credential needs replacing',
      'the marketplace credential was refused; notifications are stored, and work waits until it is replaced',
    ]);
    expect(written).not.toContain('expired-long-ago');
    expect(written).not.toContain(clientSecret);
  } finally {
    worker.kill('SIGKILL');
  }
});

test('waiting for access does not count as an attempt, so a task that waits long is not parked', async () => {
  await fixture.boot();
  const subscriptionId = await purchase(fixture);
  await fixture.control.addFault({ endpoint: 'get', status: 403, body: {}, subscriptionId });
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  const worn = MAX_ATTEMPTS - 1;
  let refusals = 0;
  await hurry(fixture, subscriptionId, async () => {
    const { rowCount } = await fixture.db.pool.query(
      `update tasks set attempts = $2, last_error = null where subscription_id = $1
        and last_error = 'marketplace.not-authorized' and done_at is null`,
      [subscriptionId, worn],
    );
    refusals += rowCount ?? 0;
    return refusals >= 3;
  });
  expect(await tasks('parked')).toEqual([]);
  await fixture.control.clearFaults();
  await hurry(fixture, subscriptionId, async () => {
    const { status: now } = await fixture.client.subscriptions.get.query({ subscriptionId });
    return now === 'Subscribed';
  });
});

test('the status shows kind, remaining days and the last success, and never the secret', async () => {
  const { clientSecret } = fixture.emulator.identities.fulfillmentApp;
  const file = await secretFile(clientSecret);
  await fixture.boot({
    FULFILLMENT_CLIENT_SECRET: undefined,
    FULFILLMENT_CLIENT_SECRET_FILE: file,
    FULFILLMENT_CREDENTIAL_EXPIRES: new Date(Date.now() + 400 * DAY_MS),
  });
  await subscribed(fixture);
  await inState('ok');
  const seen = await status();
  expect(seen).toMatchObject({ kind: 'secret-file', daysLeft: 399 });
  expect(seen.lastSuccessAt).toBeDefined();
  expect(JSON.stringify(seen)).not.toContain(clientSecret);
});

test.each([
  ['expiring', 20],
  ['expired', -2],
])('a credential is %s with %i days left', async (state, days) => {
  const FULFILLMENT_CREDENTIAL_EXPIRES = new Date(Date.now() + days * DAY_MS + 3_600_000);
  await fixture.boot({ FULFILLMENT_CREDENTIAL_EXPIRES });
  await inState(state);
  expect(await status()).toMatchObject({ kind: 'secret', daysLeft: days });
  // The worker has logged today's warning, so no other process does.
  const rows = await until('the warning is recorded', async () => {
    const found = await fixture.db.pool.query<{ warned_step: string }>(
      'select warned_step from credential_health where warned_step is not null',
    );
    return found.rows.length > 0 && found.rows;
  });
  expect(rows).toMatchObject([{ warned_step: days < 0 ? 'expired' : '30' }]);
});

test('a warning is given once per step and day, however many processes look', async () => {
  await fixture.boot();
  const db = fixture.db.kysely;
  const give = async (step: string, at: Date) => {
    const all = Array.from({ length: 8 }, () => takeWarning(db, 'an-app', { step, at }));
    return (await Promise.all(all)).filter(Boolean).length;
  };
  const today = new Date('2027-03-01T10:00:00Z');
  expect(await give('30', today)).toBe(1);
  expect(await give('30', new Date('2027-03-01T23:59:00Z'))).toBe(0);
  expect(await give('30', new Date('2027-03-02T00:00:00Z'))).toBe(1);
  expect(await give('14', new Date('2027-03-02T00:00:00Z'))).toBe(1);
});
