import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeOfLine } from '@landfall/bootstrap/node-lines';
import { besideNode, compilers, complaintsAbout, withoutNode } from './compile.ts';
import {
  examples,
  openConsumer,
  outputOf,
  outputOfFailed,
  pointExamplesTo,
  type Consumer,
} from './consumer.ts';
import { startLandfall } from './landfall-server.ts';
import { startExample } from './running-example.ts';

let consumer: Consumer;
let landfall: Awaited<ReturnType<typeof startLandfall>>;

beforeAll(async () => {
  consumer = await openConsumer();
  landfall = await startLandfall('lf_key');
  await pointExamplesTo(landfall.url, consumer);
});
afterAll(async () => {
  await landfall?.[Symbol.asyncDispose]();
  await consumer?.[Symbol.asyncDispose]();
});

describe('the packed client', () => {
  const contents = () => new Uint8Array(readFileSync(consumer.tarball));

  test('has no dependencies', () => {
    expect(consumer.installed).toEqual(['@landfall/client']);
  });

  test('contains its entries with types, its README and licences, and no sources', () => {
    const names = createPackageFromTarballData(contents()).listFiles();

    const inside = names.map((name) => name.replace('/node_modules/@landfall/client/', ''));
    const entries = ['index', 'decisions', 'errors', 'events', 'receiver', 'usage'];
    expect(inside).toEqual(
      expect.arrayContaining([
        ...entries.flatMap((entry) => [`dist/${entry}.js`, `dist/${entry}.d.ts`]),
        'README.md',
        'LICENSE',
        'dist/third-party-licenses.txt',
      ]),
    );
    expect(inside.filter((name) => !/^(dist\/|README|LICENSE|package\.json)/.test(name))).toEqual(
      [],
    );
  });

  test('passes publint', async () => {
    const { messages } = await publint({ pack: { tarball: contents().buffer }, strict: true });

    expect(messages).toEqual([]);
  });

  test('has types that every resolution mode for ES modules finds', async () => {
    const result = await checkPackage(createPackageFromTarballData(contents()));

    expect(result.types).not.toBe(false);
    const problems = 'problems' in result ? result.problems : [];
    // Like `attw --profile esm-only`, ignores resolution modes without ES modules or without `exports`.
    const ignored = new Set(['node10', 'node16-cjs']);
    const ofEsm = problems.filter(
      (one) => !('resolutionKind' in one) || !ignored.has(one.resolutionKind),
    );
    expect(ofEsm).toEqual([]);
  });
});

describe.for(Object.entries(compilers))(
  'with %s, the types of the packed client',
  ([, compiler]) => {
    const judge = (files: readonly string[], compilerOptions: object) =>
      complaintsAbout(files, { compiler, folder: consumer.folder, compilerOptions });

    test('fit the examples of the README', async () => {
      const files = examples.map((name) => `checked/${name}.ts`);

      expect(await judge(files, besideNode)).toBe('');
    });

    test('need no types of Node', async () => {
      const entries = ['', '/decisions', '/errors', '/events', '/receiver', '/usage'];
      const program = entries.map((entry) => `import '@landfall/client${entry}';`).join('\n');
      await writeFile(path.join(consumer.folder, 'every-entry.ts'), program);

      expect(await judge(['every-entry.ts'], withoutNode)).toBe('');
    });

    test('refuse an input that the API does not have', async () => {
      const program = `import { createLandfallClient } from '@landfall/client';
      const landfall = createLandfallClient({ url: '', apiKey: '' });
      await landfall.subscriptions.get.query({ subscription: 's1' });`;
      await writeFile(path.join(consumer.folder, 'wrong-input.ts'), program);

      const complaints = await judge(['wrong-input.ts'], withoutNode);

      expect(complaints).toContain("'subscription' does not exist in type");
    });
  },
);

describe.for([20, 22, 24])('on Node %i, as its README shows', (line) => {
  let node: string;
  beforeAll(async () => {
    node = await nodeOfLine(line);
  });

  test('it lists subscriptions', async () => {
    expect(await outputOf('list', { node, consumer })).toBe(
      '37f9dea2-4345-438f-b0bd-03d40d28c7e0 standard 10\n',
    );
  });

  test('it reports usage', async () => {
    await outputOf('usage', { node, consumer });
    expect(landfall.reported.splice(0)).toMatchObject([{ eventId: 'job-4711', quantity: 3 }]);
  });

  test('it says why a call is refused', async () => {
    expect(await outputOf('errors', { node, consumer })).toBe(
      'Landfall refuses: subscription.ended\n',
    );
  });

  test('it follows live events until Landfall refuses it', async () => {
    expect(await outputOfFailed('live', { node, consumer })).toBe(
      'fulfillment.subscription.renewed s1 1\nEvents were missed: read the lists again.\n',
    );
  });

  test('it accepts a genuine event and refuses a forged one', async () => {
    await using product = await startExample('receiver', { node, consumer });
    const event = { id: 'e1', type: 'ping', version: 1, occurredAt: '2026-11-20T10:00:00.000Z' };

    const genuine = await product.post(event);
    const later = await product.post({ ...event, type: 'subscription.paused' });
    const forged = await product.post(event, { signedAs: { ...event, id: 'e2' } });

    expect([genuine.status, later.status, forged.status]).toEqual([204, 204, 400]);
    expect(await product.stop()).toBe('e1 ping undefined\n');
  });

  test('it answers a decision request', async () => {
    await using product = await startExample('receiver', { node, consumer });

    const refused = await product.post(decisionRequest(7));
    const accepted = await product.post(decisionRequest(8));

    expect(refused.body).toBe('{"answer":"refuse","reason":"seats-in-use"}');
    expect(accepted.body).toBe('{"answer":"accept"}');
  });
});

function decisionRequest(quantity: number) {
  return {
    id: `decision:${quantity}`,
    type: 'decision.requested',
    version: 1,
    operationId: 'o1',
    subscription: {
      id: 's1',
      publisherId: 'contoso',
      offerId: 'teamdesk',
      planId: 'standard',
      quantity: 10,
      status: 'Subscribed',
      beneficiary: {},
    },
    change: { action: 'ChangeQuantity', quantity },
    answerBy: '2026-11-20T10:00:03.000Z',
  };
}
