import { randomUUID } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@landfall/servers/wait';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createControl } from '../src/control/client.ts';
import { startEmulator } from '../src/emulator.ts';
import { ADA, createApi, fulfillmentToken } from './fixture.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'emulator-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('the state file', () => {
  test('restores usage with its exact quantities, planted differences and published plans', async () => {
    const stateFile = join(folder, 'state.json');
    const first = await startEmulator({ stateFile });
    const order = { offerId: 'analytics', planId: 'starter' };
    const { subscriptionId } = await first.control.purchase({ ...order, beneficiary: ADA });
    const api = createApi(first, await fulfillmentToken(first));
    await api('POST', `/saas/subscriptions/${subscriptionId}/activate`);
    await first.control.advance(1500);
    const { now } = await first.control.clock();
    const quantity = '123456789012.123456';
    const row = `"resourceId":"${subscriptionId}","quantity":${quantity},"dimension":"reports"`;
    const body = `{${row},"effectiveStartTime":"${now}","planId":"starter"}`;
    expect((await api('POST', '/usageEvent', { body })).status).toBe(200);
    const day = { subscriptionId, dimension: 'reports', day: now.slice(0, 10) };
    await first.control.setUsageRecon({ ...day, reconStatus: 'Rejected' });
    await first.control.publishPlan(order, { displayName: 'Starter 2' });
    await first.control.advance(3 * 86_400_000);
    await first[Symbol.asyncDispose]();

    await using second = await startEmulator({ stateFile });
    expect(await second.control.usage()).toMatchObject([{ quantity }]);
    expect((await second.control.offers())[0]?.plans[0]?.displayName).toBe('Starter 2');
    const again = createApi(second, await fulfillmentToken(second));
    const report = await again('GET', `/usageEvents?usageStartDate=${day.day}`);
    expect(report.text).toContain('"reconStatus":"Rejected"');
    expect(report.text).toContain(`"submittedQuantity":${quantity},`);
  });

  test('of an older version has usage with quantities as numbers', async () => {
    const stateFile = join(folder, 'state.json');
    const first = await startEmulator({ stateFile });
    await first[Symbol.asyncDispose]();
    const state = JSON.parse(await readFile(stateFile, 'utf8')) as Record<string, unknown>;
    const { usageRecons: _recons, publishedPlans: _plans, ...older } = state;
    const old = {
      usageEventId: randomUUID(),
      resourceId: randomUUID(),
      dimension: 'reports',
      planId: 'starter',
      offerId: 'analytics',
      quantity: 2.5,
      effectiveStartTime: '2025-01-12T08:00:00Z',
      hour: Date.parse('2025-01-12T08:00:00Z'),
      acceptedAt: Date.parse('2025-01-12T09:00:00Z'),
    };
    await writeFile(stateFile, JSON.stringify({ ...older, usage: [old] }));
    await using second = await startEmulator({ stateFile });
    expect(await second.control.usage()).toMatchObject([{ quantity: '2.5' }]);
    expect(await second.control.offers()).toHaveLength(4);
  });

  test('restores secrets, keys, purchases, timers and the clock', async () => {
    const stateFile = join(folder, 'deep', 'state.json');
    const first = await startEmulator({ stateFile });
    await first.control.setClock({ frozen: true });
    await first.control.advance(5_000);
    const bought = await first.control.purchase({
      offerId: 'pulse',
      planId: 'starter',
      beneficiary: ADA,
    });
    await createApi(first, await fulfillmentToken(first))(
      'POST',
      `/saas/subscriptions/${bought.subscriptionId}/activate`,
    );
    const clock = await first.control.clock();
    const state = await first.control.state();
    await first[Symbol.asyncDispose]();

    await using second = await startEmulator({ stateFile });
    expect(second.identities).toEqual(first.identities);
    expect((await second.control.clock()).now).toBe(clock.now);
    expect((await second.control.state()).subscriptions).toEqual(state.subscriptions);
    await second.control.advance(1500);
    expect((await second.control.subscription(bought.subscriptionId)).status).toBe('Subscribed');
    const api = createApi(second, await fulfillmentToken(second));
    const resolved = await api('POST', '/saas/subscriptions/resolve', {
      headers: { 'x-ms-marketplace-token': bought.purchaseToken },
    });
    expect(resolved.status).toBe(200);
  });

  test('is written shortly after a change, readable by its owner only', async () => {
    const stateFile = join(folder, 'state.json');
    await using emulator = await startEmulator({ stateFile });
    const { subscriptionId } = await emulator.control.purchase({
      offerId: 'pulse',
      planId: 'starter',
      beneficiary: ADA,
    });
    await until('the file has the subscription', async () => {
      const state = await readFile(stateFile, 'utf8').catch(() => '');
      return state.includes(subscriptionId);
    });
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
  });

  test('that is damaged stops the start and says what to do', async () => {
    const stateFile = join(folder, 'state.json');
    await writeFile(stateFile, '{"version":1');
    await expect(startEmulator({ stateFile })).rejects.toThrow(/state\.json .* delete it/);
  });

  test('does not override given identities and URLs', async () => {
    const stateFile = join(folder, 'state.json');
    const publisher = {
      publisherId: 'other',
      name: 'Other',
      tenantId: '3f8c1f0e-6a52-4d0b-9a7e-52c9d1b7e640',
    };
    await (
      await startEmulator({ stateFile, webhookUrl: 'http://127.0.0.1:1/a' })
    )[Symbol.asyncDispose]();
    await using second = await startEmulator({
      stateFile,
      webhookUrl: 'http://127.0.0.1:2/b',
      identities: { publisher },
    });
    expect((await second.control.settings()).webhookUrl).toBe('http://127.0.0.1:2/b');
    expect((await second.control.identities()).publisher.publisherId).toBe('other');
  });
});

describe('the control API', () => {
  function send(url: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject).end();
    });
  }

  test('and the storefront refuse other hosts and origins', async () => {
    await using emulator = await startEmulator();
    const { host } = new URL(emulator.url);
    for (const path of ['/', '/_emulator/state', '/_emulator/identities', '/subscriptions']) {
      expect(await send(`${emulator.url}${path}`, { host: 'evil.example' })).toBe(403);
      expect(await send(`${emulator.url}${path}`, { host: '127.0.0.1.evil.example' })).toBe(403);
      expect(await send(`${emulator.url}${path}`, { host })).toBe(200);
    }
    const reset = `${emulator.url}/_emulator/reset`;
    expect(await send(reset, { host, origin: 'https://evil.example' }, 'POST')).toBe(403);
    expect(await send(reset, { host, origin: emulator.url }, 'POST')).toBe(204);
  });

  test('says what is wrong with a request', async () => {
    await using emulator = await startEmulator();
    const { control } = emulator;
    await expect(control.advance(-1)).rejects.toMatchObject({ status: 400, code: 'invalid' });
    await expect(control.subscription('x')).rejects.toMatchObject({ status: 404, code: 'unknown' });
    await expect(control.removeFault('x')).rejects.toMatchObject({ status: 404 });
    const misspelt = { endpoint: 'resolve', staus: 500 } as unknown as { endpoint: 'resolve' };
    await expect(control.addFault(misspelt)).rejects.toMatchObject({ status: 400 });
  });

  test('removes everything except the URLs on reset', async () => {
    await using emulator = await startEmulator({ webhookUrl: 'http://127.0.0.1:1/hook' });
    const { control } = emulator;
    await control.purchase({ offerId: 'pulse', planId: 'essential', beneficiary: ADA });
    await control.updateSettings({ tokenVersion: 1, oddities: { listPageSize: 'measured' } });
    await control.advance(1_000_000);
    await control.reset();
    const state = await control.state();
    expect([state.subscriptions, state.operations, state.deliveries, state.faults]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect(state.settings).toMatchObject({
      webhookUrl: 'http://127.0.0.1:1/hook',
      tokenVersion: 2,
    });
    expect(Math.abs(state.clock.offsetMs)).toBeLessThan(1000);
  });
});

describe('as a process', () => {
  function start(env: Record<string, string>): {
    child: ChildProcess;
    ready: Promise<{ url: string }>;
    exit: Promise<number | null>;
  } {
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const ready = new Promise<{ url: string }>((resolve) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        const line = JSON.parse(chunk.toString().split('\n')[0] ?? '') as {
          msg: string;
          url: string;
        };
        if (line.msg === 'ready') resolve(line);
      });
    });
    return { child, ready, exit };
  }

  test.each([
    ['SIGTERM', (child: ChildProcess) => void child.kill('SIGTERM')],
    ['SIGINT', (child: ChildProcess) => void child.kill('SIGINT')],
    ['the end of its parent', (child: ChildProcess) => child.disconnect()],
  ])('it is ready with one JSON line and stops on %s with its state saved', async (_, stop) => {
    const stateFile = join(folder, 'state.json');
    const { child, ready, exit } = start({
      EMULATOR_STATE_FILE: stateFile,
      EMULATOR_LANDING_URL: 'http://127.0.0.1:9/x',
    });
    const control = createControl((await ready).url);
    expect((await control.settings()).landingUrl).toBe('http://127.0.0.1:9/x');
    const { subscriptionId } = await control.purchase({
      offerId: 'pulse',
      planId: 'starter',
      beneficiary: ADA,
    });
    stop(child);
    expect(await exit).toBe(0);
    expect(await readFile(stateFile, 'utf8')).toContain(subscriptionId);
  });
});
