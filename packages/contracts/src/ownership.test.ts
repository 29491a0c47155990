import { describe, expect, test } from 'vitest';
import { publicProcedures } from './api.ts';
import type { Caller } from './caller.ts';
import type { Procedures } from './procedures.ts';
import {
  publisherOfCaller,
  things,
  withinScope,
  type ForeignAttempt,
  type ScopedBy,
} from './ownership.ts';
import { Rejection } from './rejections.ts';

const limited: Caller = { kind: 'api-key', keyId: 'k1', scopes: [], publisherId: 'contoso' };
const unlimited: Caller = { kind: 'api-key', keyId: 'k2', scopes: [] };
const service: Caller = { kind: 'service', name: 'landing' };

const owners = new Map<string, string | null>([
  ['ours', 'contoso'],
  ['theirs', 'fabrikam'],
  ['of-no-publisher', null],
]);
const attempts: ForeignAttempt[] = [];
const ownership = {
  publisherOf: { subscription: async (id: string) => owners.get(id) },
  onForeign: (attempt: ForeignAttempt) => void attempts.push(attempt),
};
const ask = (scopedBy: ScopedBy, input: unknown, caller: Caller = limited) =>
  withinScope(scopedBy, { input, caller }, ownership);

describe('a key that is limited to one publisher', () => {
  test("reaches its own publisher's things with unchanged input", async () => {
    const input = { subscriptionId: 'ours', planId: 'p' };
    await expect(ask('subscription', input)).resolves.toEqual({ input });
  });

  test.each(['theirs', 'of-no-publisher', 'unknown'])(
    'gets the same answer for %s as for an unknown id, and the owner is notified',
    async (subscriptionId) => {
      attempts.length = 0;
      const answer = await ask('subscription', { subscriptionId });
      expect(answer).toEqual(await ask('subscription', { subscriptionId: 'never-heard-of' }));
      expect(answer).toMatchObject({ rejected: 'subscription.not-found' });
      expect(attempts[0]).toMatchObject({ scopedBy: 'subscription', id: subscriptionId });
    },
  );

  test('gets its own publisher set in the input', async () => {
    const input = { limit: 5 };
    const narrowed = { input: { limit: 5, publisherId: 'contoso' } };
    await expect(ask('publisher', input)).resolves.toEqual(narrowed);
    await expect(ask('publisher', narrowed.input)).resolves.toEqual(narrowed);
  });

  test('cannot name another publisher', async () => {
    const answer = await ask('publisher', { publisherId: 'fabrikam' });
    expect(answer).toMatchObject({ rejected: 'publisher.not-found' });
  });

  test('may not call procedures about the whole installation', async () => {
    await expect(ask('installation', {})).resolves.toMatchObject({ rejected: 'publisher.limited' });
  });

  test('is refused if the router cannot look up the thing', async () => {
    for (const unable of [undefined, { publisherOf: {} }]) {
      const given = { input: { subscriptionId: 'ours' }, caller: limited };
      const answer = await withinScope('subscription', given, unable);
      expect(answer).toMatchObject({ rejected: 'publisher.limited' });
    }
  });

  test('passes a forwarding router, which sets the publisher but looks nothing up', async () => {
    const forward = (scopedBy: ScopedBy, input: unknown) =>
      withinScope(
        scopedBy,
        { input, caller: limited },
        { isEdge: true, publisherOf: { subscription: 'by-owner' } },
      );
    const input = { subscriptionId: 'theirs' };
    await expect(forward('subscription', input)).resolves.toEqual({ input });
    await expect(forward('publisher', {})).resolves.toEqual({ input: { publisherId: 'contoso' } });
    await expect(forward('installation', {})).resolves.toBeInstanceOf(Rejection);
  });

  test('is refused by a forwarding router for a thing that it neither looks up nor leaves to its owner', async () => {
    const edge = { isEdge: true, publisherOf: { subscription: 'by-owner' } } as const;
    const given = { input: { keyId: 'k3' }, caller: limited };
    expect(await withinScope('key', given, edge)).toMatchObject({ rejected: 'publisher.limited' });
  });
});

test.each([unlimited, service])(
  'an unlimited caller ($kind) passes every check with unchanged input',
  async (caller) => {
    const input = { subscriptionId: 'theirs', publisherId: 'fabrikam' };
    for (const scopedBy of ['subscription', 'publisher', 'installation'] as const) {
      expect(await ask(scopedBy, input, caller)).toEqual({ input });
    }
    expect(publisherOfCaller(caller)).toBeUndefined();
  },
);

describe('each public procedure', () => {
  const specs = Object.entries(publicProcedures as Procedures).flatMap(([namespace, named]) =>
    Object.entries(named).map(([name, spec]) => [`${namespace}.${name}`, spec] as const),
  );
  // A call for people is about all publishers of the person.
  const limitable = specs.filter(
    ([, { scopedBy, isForPeople }]) => scopedBy !== 'installation' && !isForPeople,
  );
  test.each(limitable)(
    '%s takes the field that limits it to a publisher',
    (_path, { scopedBy, input }) => {
      const { field } = things[scopedBy as keyof typeof things];
      const shape = 'shape' in input ? (input.shape as Record<string, unknown>) : {};
      expect(shape).toHaveProperty(field);
    },
  );

  test('about the whole installation is on this list', () => {
    const whole = specs
      .filter(([, { scopedBy }]) => scopedBy === 'installation')
      .map(([path]) => path);
    expect(whole.toSorted()).toEqual([
      'alerts.list',
      'audit.verify',
      'backups.record',
      'deadLetters.discard',
      'deadLetters.list',
      'deadLetters.replay',
      'notifications.counters',
    ]);
  });
});
