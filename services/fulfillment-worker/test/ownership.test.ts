import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicOwners, publicProcedures } from '@landfall/contracts/api';
import type { Procedures } from '@landfall/contracts/procedures';
import { things } from '@landfall/contracts/ownership';
import { askProduct } from '../src/decisions/ask-product.ts';
import { subscriptionState } from './deliveries-fixture.ts';
import { openTwoPublishers, type TwoPublishers } from './two-publishers.ts';
import { openMailServer, type MailServer } from './mail-server.ts';
import { MAIL_FROM, PUBLIC_URL } from './notices-fixture.ts';
import { openReceiver } from './receiver.ts';
import { log, type Fixture } from './fixture.ts';
import { changes, inputs, requestedBy } from './procedure-inputs.ts';
import {
  caller,
  rowsOf,
  seed,
  seedSubscription,
  recordFactOf,
  TIMEOUT_HOURS,
  type Holdings,
} from './publisher-data.ts';

/** The emulator's publisher, and one that it does not know. */
const OURS = 'contoso';
const THEIRS = 'northwind';

let twoPublishers: TwoPublishers;
let mailServer: MailServer;
let fixture: Fixture;
let ours: Holdings;
let theirs: Holdings;
let limited: ReturnType<typeof caller>;
let unlimited: ReturnType<typeof caller>;

beforeAll(async () => {
  [twoPublishers, mailServer] = [await openTwoPublishers(), await openMailServer()];
  ({ fixture } = twoPublishers);
  await twoPublishers.boot(
    twoPublishers.publishers.filter(({ publisherId }) => publisherId === OURS),
    undefined,
    { SMTP_URL: mailServer.url, MAIL_FROM, PUBLIC_URL },
  );
  [ours, theirs] = [await seed(fixture, OURS), await seed(fixture, THEIRS)];
  [limited, unlimited] = [caller(fixture, OURS), caller(fixture, undefined)];
});
afterAll(async () => {
  await twoPublishers[Symbol.asyncDispose]();
  await mailServer[Symbol.asyncDispose]();
});

/** These end the thing, so that a second call no longer finds it. */
const ending = new Set(['listeners.close']);

/** What this service answers to callers. The calendar reaches them through the gateway, which adds the ends of API keys. */
const NAMESPACES = new Set([
  'calendar',
  ...Object.entries(publicOwners)
    .filter(([, owner]) => owner === 'fulfillment-worker')
    .map(([namespace]) => namespace),
]);
const specs = [...NAMESPACES].flatMap((namespace) =>
  Object.entries((publicProcedures as Procedures)[namespace] ?? {}).map(
    ([name, spec]) => [`${namespace}.${name}`, spec] as const,
  ),
);
const inputOf = (path: string, of: Holdings): object => {
  const input = inputs[path]?.(of) ?? {};
  // Tasks are chosen from a list, which may name those of others.
  return 'taskIds' in input ? { ...input, taskIds: [ours.taskId, theirs.taskId] } : input;
};

/** Whether an answer contains anything of a publisher. */
const shows = (answer: unknown, { taskId: _number, ...marks }: Holdings) =>
  Object.values(marks).some((mark) => JSON.stringify(answer).includes(mark));

test('every public procedure of this service is called here', () => {
  expect(Object.keys(inputs).toSorted()).toEqual(specs.map(([path]) => path).toSorted());
});

/** Reads with another input than above: a fixed beginning, or only a count. */
const countedSince = { since: '2020-01-01T00:00:00.000Z' };
const counts: typeof inputs = {
  'policies.report': () => countedSince,
  'deliveries.replay': ({ destinationId }) => ({ destinationId, ...countedSince, requestedBy }),
  'parkedTasks.replay': () => ({ kind: 'activate', requestedBy }),
};

describe('when another publisher gets one more of everything', () => {
  const reads = specs.filter(
    ([, { kind, scopedBy }]) => kind === 'query' && scopedBy !== 'installation',
  );
  const paths = [...new Set([...reads.map(([path]) => path), ...Object.keys(counts)])];
  /** Each publisher has exactly one of these, or of what they are about. */
  const single = new Set([
    'policies.get',
    'policies.test',
    'settings.get',
    'credentials.status',
    'publishers.list',
    'destinations.channels',
    'customerMails.get',
    'customerMails.texts',
    'customerMails.preview',
  ]);
  const growing = specs.filter(([path, { scopedBy }]) => {
    return scopedBy === 'publisher' && paths.includes(path) && !single.has(path);
  });
  const seen = { before: new Map<string, string>(), after: new Map<string, string>() };
  const grown = { before: new Map<string, string>(), after: new Map<string, string>() };

  beforeAll(async () => {
    const look = async (at: 'before' | 'after') => {
      for (const path of paths) seen[at].set(path, await whole(limited, path, askedOf(path, ours)));
      for (const [path] of growing) {
        const input = { ...askedOf(path, theirs), publisherId: THEIRS };
        grown[at].set(path, await whole(unlimited, path, input));
      }
    };
    await look('before');
    await seed(fixture, THEIRS);
    await look('after');
  });

  test.each(paths)('the answer to %s for a limited key is the same, byte for byte', (path) => {
    expect(seen.before.get(path)).toBeDefined();
    expect(seen.after.get(path)).toBe(seen.before.get(path));
  });

  test.each(growing)('the answer to %s about that publisher changes', (path) => {
    expect(grown.after.get(path)).not.toBe(grown.before.get(path));
  });
});

function askedOf(path: string, of: Holdings): object {
  return counts[path]?.(of) ?? inputOf(path, of);
}

/** All pages of an answer as text, one item per page if it has pages, with cursors. */
async function whole(ask: typeof limited, path: string, input: object): Promise<string> {
  const spec = specs.find(([name]) => name === path)?.[1];
  const isPaged = 'limit' in ((spec?.input as Shaped | undefined)?.shape ?? {});
  const pages: unknown[] = [];
  for (let cursor: string | undefined, page = 0; page < MAX_PAGES; page += 1) {
    const { answer, failure } = await ask(path, { ...input, ...(isPaged && { limit: 1, cursor }) });
    pages.push(answer ?? failure);
    cursor = (answer as { nextCursor?: string } | undefined)?.nextCursor;
    if (cursor === undefined) return JSON.stringify(pages);
  }
  throw new Error(`${path} has more than ${MAX_PAGES} pages`);
}

interface Shaped {
  readonly shape?: object;
}
/** No publisher here has more than this of anything. */
const MAX_PAGES = 50;

describe('a key that is limited to one publisher', () => {
  const named = specs.filter(([, { scopedBy }]) => scopedBy in things && scopedBy !== 'publisher');
  test.each(named)('finds only its own data with %s', async (path, { scopedBy }) => {
    const { code, field } = things[scopedBy as keyof typeof things];
    const before = await rowsOf(fixture, theirs);
    const foreign = await limited(path, inputOf(path, theirs));
    expect(foreign.failure).toBe(code);
    const unknown = await limited(path, { ...inputOf(path, theirs), [field]: randomUUID() });
    expect(String(foreign.failure && foreign.error)).toBe(String(unknown.failure && unknown.error));
    expect(await rowsOf(fixture, theirs)).toBe(before);
    expect((await limited(path, inputOf(path, ours))).failure).not.toBe(code);
    if (ending.has(path)) return;
    expect((await unlimited(path, inputOf(path, ours))).failure).not.toBe(code);
  });

  const narrowed = specs.filter(([, { scopedBy }]) => scopedBy === 'publisher');
  test.each(narrowed)('cannot see or change another publisher’s data by %s', async (path) => {
    const before = await rowsOf(fixture, theirs);
    const { answer, failure } = await limited(path, inputOf(path, ours));
    expect(failure).toBeUndefined();
    expect(shows(answer, theirs)).toBe(false);
    expect(await limited(path, { ...inputOf(path, theirs), publisherId: THEIRS })).toMatchObject({
      failure: 'publisher.not-found',
    });
    expect(await rowsOf(fixture, theirs)).toBe(before);
  });

  const whole = specs.filter(([, { scopedBy }]) => scopedBy === 'installation');
  test.each(whole)('is refused %s, which concerns all publishers', async (path) => {
    expect((await limited(path, inputOf(path, ours))).failure).toBe('publisher.limited');
    expect((await unlimited(path, inputOf(path, ours))).failure).not.toBe('publisher.limited');
  });
});

test.each([
  'subscriptions',
  'policies',
  'reconciliation',
  'destinations',
  'deliveries',
  'parkedTasks',
])("a key without a limit sees another publisher's data in %s", async (namespace) => {
  const path = `${namespace}.${namespace === 'policies' ? 'get' : 'list'}`;
  const { answer } = await unlimited(path, { publisherId: THEIRS });
  expect(shows(answer, theirs)).toBe(true);
  expect(shows(answer, ours)).toBe(false);
});

test('each publisher has its own settings and report of decisions', async () => {
  const settings = (await unlimited('settings.get', { publisherId: THEIRS })).answer;
  expect(settings).toMatchObject({ timeoutHours: TIMEOUT_HOURS });
  expect((await unlimited('policies.report', {})).answer).toMatchObject({ accepted: 3 });
  expect((await limited('policies.report', {})).answer).toMatchObject({ accepted: 1 });
});

test('a page of a publisher’s list is full, however many rows of others come first', async () => {
  for (let n = 0; n < 3; n += 1) await seedSubscription(fixture, THEIRS);
  const { answer } = await limited('subscriptions.list', { limit: 1 });
  expect(answer).toMatchObject({ items: [{ publisherId: OURS }] });
});

test('a key of an unconfigured publisher learns nothing about the configured one', async () => {
  const stranger = caller(fixture, 'tailspin');
  for (const path of ['credentials.status', 'reconciliation.start']) {
    expect((await stranger(path, {})).failure).toBe('publisher.not-found');
  }
});

describe('a destination of one publisher', () => {
  test('gets only this publisher’s events; one for all publishers gets both', async () => {
    await using receiver = await openReceiver();
    const create = async (publisherId: string | undefined) => {
      const input = { label: 'product', url: receiver.url, publisherId };
      const { destination } = await fixture.client.destinations.create.mutate(input);
      return destination.id;
    };
    const [own, foreign, all] = [await create(OURS), await create(THEIRS), await create(undefined)];
    const told = await recordFactOf(fixture, OURS);
    const toldOfTheirs = await recordFactOf(fixture, THEIRS);
    const subscriptionsAt = async (destinationId: string) => {
      const { items } = await fixture.client.deliveries.list.query({ destinationId });
      return new Set(items.map(({ subscriptionId }) => subscriptionId));
    };
    expect(await subscriptionsAt(own)).toEqual(new Set([told]));
    expect(await subscriptionsAt(foreign)).toEqual(new Set([toldOfTheirs]));
    expect(await subscriptionsAt(all)).toEqual(new Set([told, toldOfTheirs]));
  });

  test("keeps its publisher after any update, and does not count against others' limits", async () => {
    const { answer } = await limited('destinations.create', changes);
    expect(answer).toMatchObject({ destination: { publisherId: OURS } });
    const { destination } = answer as { destination: { id: string } };
    const moved = { destinationId: destination.id, ...changes, publisherId: THEIRS };
    await unlimited('destinations.update', moved);
    const { answer: listed } = await limited('destinations.list', { limit: 200 });
    expect(JSON.stringify(listed)).toContain(destination.id);
  });
});

describe('the rules', () => {
  const ask = (destinationId: string) => ({
    rules: [{ id: 'r', when: { action: 'ChangePlan' }, decision: 'ask' }],
    ask: { destinationId, onSilence: 'accept' },
  });

  test('of a publisher ask only its own destination', async () => {
    const invalid = { failure: 'policy.invalid' };
    expect(await limited('policies.put', ask(theirs.destinationId))).toMatchObject(invalid);
    expect(await unlimited('policies.put', ask(theirs.destinationId))).toMatchObject(invalid);
    expect((await limited('policies.put', ask(ours.destinationId))).failure).toBeUndefined();
    const { answer } = await limited('policies.get', {});
    expect(answer).toMatchObject({ ask: { destinationId: ours.destinationId } });
  });

  test('of a publisher apply to no other, and the general rules apply to the others', async () => {
    const rule = { id: 'r', when: { action: 'ChangePlan' }, decision: 'refuse' };
    const foreign = { rules: [{ ...rule, publisherId: THEIRS }] };
    expect(await limited('policies.put', foreign)).toMatchObject({ failure: 'policy.invalid' });
    await unlimited('policies.put', { rules: [{ ...rule, id: 'everybody' }] });
    await limited('policies.put', { rules: [rule] });
    expect((await unlimited('policies.get', {})).answer).toMatchObject({
      rules: [{ id: 'everybody' }],
    });
    const { answer } = await unlimited('policies.get', { publisherId: 'tailspin' });
    expect(answer).toMatchObject({ rules: [{ id: 'everybody' }] });
    expect((await limited('policies.get', {})).answer).toMatchObject({ rules: [{ id: 'r' }] });
  });

  test('that name another publisher are not shown with the rules of this one', async () => {
    const rule = { when: { action: 'ChangePlan' }, decision: 'refuse' };
    const rules = [
      { ...rule, id: 'of-theirs', publisherId: THEIRS },
      { ...rule, id: 'of-tailspin', publisherId: 'tailspin' },
    ];
    await unlimited('policies.put', { rules });
    const { answer } = await caller(fixture, 'tailspin')('policies.get', {});
    expect(answer).toMatchObject({ rules: [{ id: 'of-tailspin' }] });
    expect(JSON.stringify(answer)).not.toContain('of-theirs');
  });
});

test('no destination is asked about another publisher’s customer, whatever a policy says', async () => {
  await using receiver = await openReceiver();
  const input = { label: 'theirs', url: receiver.url, publisherId: THEIRS };
  const { destination } = await fixture.client.destinations.create.mutate(input);
  const question = {
    operationId: randomUUID(),
    askedIn: 'marketplace',
    subscription: { ...subscriptionState(randomUUID()), publisherId: OURS },
    change: { action: 'ChangePlan', planId: 'p' },
    ruleId: 'r',
  } as const;
  const deps = { db: fixture.db, log, now: () => new Date(), isLocal: true };
  const wanted = { destinationId: destination.id, timeoutMs: 1_000, onSilence: 'refuse' } as const;
  expect(await askProduct(deps, wanted, question, 1_000)).toMatchObject({
    answer: 'refuse',
    reason: 'silence:destination-foreign',
  });
  expect(receiver.receipts).toEqual([]);
});
