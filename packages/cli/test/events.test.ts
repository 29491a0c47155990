import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyProductEvent } from '@landfall/client/events';
import { until } from '@landfall/servers/wait';
import { openCliFixture, type CliFixture } from './fixture.ts';
import { openReceiver } from './receiver.ts';

let fixture: CliFixture;
let subscriptionId: string;

beforeAll(async () => {
  fixture = await openCliFixture();
  subscriptionId = await fixture.buyAndActivate();
});
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
});

/** What a program has printed so far, each line as JSON. */
function linesOf(stream: Readable): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: stream }).on('line', (line) =>
    lines.push(JSON.parse(line) as Record<string, unknown>),
  );
  return lines;
}

test('events listen forwards each event as a destination gets it, repeats one that failed, and ends its listener', async () => {
  const { program, key, checkout } = fixture;
  await using product = await openReceiver();
  await using other = await openReceiver();
  const destination = ['destinations', 'create', '--label', 'other', '--url', other.url];
  await program.json(destination, { env: key });
  const type = 'subscription.quantityChanged';
  const listening = ['events', 'listen', '--forward-to', `${product.url}/events`];
  const child = program.start([...listening, '--types', type, '--json'], { env: key });
  const lines = linesOf(child.stdout);
  const ready = await until('it is listening', () => lines[0]);

  const change = ['trigger', 'changeQuantity', '--quantity', '7', '--subscription', subscriptionId];
  await program.json(change, { cwd: checkout });
  await until('it was accepted', () => lines.find(({ status }) => status === 204));
  const sent = await until('the destination got it', () =>
    other.received.find(({ body }) => body.includes(type)),
  );
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];

  const [first, second] = product.received;
  const secrets = [ready['secret'] as string];
  const event = verifyProductEvent({ headers: second!.headers, body: second!.body, secrets });
  expect(event).toMatchObject({ type, subscription: { id: subscriptionId, quantity: 7 } });
  expect(product.received.map(({ path }) => path)).toEqual(['/events', '/events']);
  expect([first!.body, second!.body]).toEqual([sent.body, sent.body]);
  expect(second!.headers['content-type']).toBe(sent.headers['content-type']);
  expect(second!.headers['user-agent']).toBe(sent.headers['user-agent']);
  expect(lines.slice(1)).toMatchObject([
    { type, subscriptionId, attempt: 1, status: 500, nextInMs: 1000 },
    { type, subscriptionId, attempt: 2, status: 204 },
  ]);
  expect(code).toBe(0);
  const listenerId = ready['listenerId'] as string;
  const after = await program.run(['listeners', 'take', listenerId], { env: key });
  expect(after.stderr).toContain('listener.not-found');
});

test('events tail prints what happens to a subscription', async () => {
  const { program, key, checkout } = fixture;
  const tailing = ['events', 'tail', '--subscription', subscriptionId, '--jsonl'];
  const child = program.start(tailing, { env: key });
  const lines = linesOf(child.stdout);

  // It says nothing when it is connected, so something happens until it has seen some of it.
  let quantity = 8;
  const seen = await until('it has printed a change', async () => {
    const change = ['trigger', 'changeQuantity', '--subscription', subscriptionId];
    await program.run([...change, '--quantity', String(quantity)], { cwd: checkout });
    quantity += 1;
    return lines.find(({ type }) => type === 'fulfillment.subscription.quantityChanged');
  });
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];

  expect(seen).toMatchObject({ subscriptionId, publisherId: 'contoso' });
  expect(code).toBe(0);
});

test('events listen says which type it does not know', async () => {
  const listening = [
    'events',
    'listen',
    '--forward-to',
    'http://127.0.0.1:9',
    '--types',
    'nothing',
  ];

  const { code, stderr } = await fixture.program.run(listening, { env: fixture.key });

  expect(code).toBe(2);
  expect(stderr).toContain('types');
});
