import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { landingProcedures } from '@landfall/contracts/landing-procedures';
import { scopes } from '@landfall/contracts/scopes';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { type Fixture, openFixture } from './fixture.ts';

/** The publisher of the limited keys. The database has pages of two publishers. */
const OURS = { publisherId: 'contoso' };
const THEIRS = { publisherId: 'northwind' };

let fixture: Fixture;
let bus: Bus;
let limited: ReturnType<typeof clientOf>['offerPages'];
let unlimited: ReturnType<typeof clientOf>['offerPages'];

beforeAll(async () => {
  fixture = await openFixture();
  bus = await connectBus({
    url: fixture.natsUrl,
    name: 'gateway',
    log: createLogger('test', 'silent'),
  });
  [limited, unlimited] = [clientOf(OURS.publisherId).offerPages, clientOf(undefined).offerPages];
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

function clientOf(publisherId: string | undefined) {
  return procedureClient({
    owner: 'landing',
    transport: procedureTransport(bus),
    caller: { kind: 'api-key', keyId: 'k', scopes, publisherId },
    correlationId: randomUUID,
  });
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => errorDetails(error)?.rejection,
  );
const page = { texts: {} };

/** One test for each procedure, by its name. The first test checks that none is missing. */
const tests = {
  async list() {
    await unlimited.put.mutate({ ...OURS, offerId: 'listed', page });
    await unlimited.put.mutate({ ...THEIRS, offerId: 'listed', page });
    const { items } = await limited.list.query({ limit: 200 });
    expect(new Set(items.map(({ publisherId }) => publisherId))).toEqual(
      new Set([OURS.publisherId]),
    );
    expect(await failureOf(limited.list.query(THEIRS))).toBe('publisher.not-found');
  },

  async get() {
    const named = { offerId: 'got' };
    await unlimited.put.mutate({ ...OURS, ...named, page });
    await unlimited.put.mutate({ ...THEIRS, ...named, page });
    expect(await limited.get.query({ ...OURS, ...named })).toMatchObject(OURS);
    const foreign = limited.get.query({ ...THEIRS, ...named });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async put() {
    const named = { offerId: 'put' };
    await limited.put.mutate({ ...OURS, ...named, page });
    const foreign = limited.put.mutate({ ...THEIRS, ...named, page });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
    expect(await failureOf(unlimited.get.query({ ...THEIRS, ...named }))).toBe('page.not-found');
  },

  async remove() {
    const named = { offerId: 'removed' };
    await unlimited.put.mutate({ ...THEIRS, ...named, page });
    const foreign = limited.remove.mutate({ ...THEIRS, ...named });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
    expect(await unlimited.get.query({ ...THEIRS, ...named })).toMatchObject(THEIRS);
  },

  async preview() {
    const named = { offerId: 'previewed', page };
    const shown = async () => (await limited.preview.query({ ...OURS, ...named })).html;
    const before = await shown();
    const branded = { texts: {}, branding: { productName: 'Northwind Desk' } };
    await unlimited.put.mutate({ ...THEIRS, offerId: 'previewed', page: branded });
    expect(await shown()).toBe(before);
    expect(await failureOf(limited.preview.query({ ...THEIRS, ...named }))).toBe(
      'publisher.not-found',
    );
  },

  async texts() {
    expect((await limited.texts.query({})).texts).not.toEqual({});
    expect(await failureOf(limited.texts.query(THEIRS))).toBe('publisher.not-found');
  },
};

test('every procedure about offer pages is tested with a limited key', () => {
  expect(Object.keys(tests)).toEqual(Object.keys(landingProcedures.offerPages));
});

test.each(Object.entries(tests))(
  'offerPages.%s gives a key of one publisher no access to another publisher’s pages',
  async (_name, reaches) => await reaches(),
);

test('the answers to a limited key do not change when another publisher adds a page', async () => {
  const named = { offerId: 'unmoved' };
  await unlimited.put.mutate({ ...OURS, ...named, page });
  const seenBy = async (client: typeof unlimited) => {
    const pages = [];
    for (let cursor: string | undefined; pages.length < 100;) {
      const listed = await client.list.query({ limit: 1, cursor });
      pages.push(listed);
      cursor = listed.nextCursor;
      if (cursor === undefined) break;
    }
    return JSON.stringify([pages, await client.get.query({ ...OURS, ...named })]);
  };
  const [before, beforeOfAll] = [await seenBy(limited), await seenBy(unlimited)];

  await unlimited.put.mutate({ ...THEIRS, ...named, page });

  expect(await seenBy(limited)).toBe(before);
  expect(await seenBy(unlimited)).not.toBe(beforeOfAll);
});
