import { describe, expect, test } from 'vitest';
import { publicProcedures } from './api.ts';
import type { Caller, Procedures } from './procedures.ts';
import {
  publisherOfCaller,
  things,
  withinScope,
  type ForeignAttempt,
  type ScopedBy,
} from './ownership.ts';
import { Rejection } from './rejections.ts';

const limited: Caller = { kind: 'api-key', keyId: 'k1', scopes: [], publisherId: 'contoso' };
const house: Caller = { kind: 'api-key', keyId: 'k2', scopes: [] };
const service: Caller = { kind: 'service', name: 'landing' };

const owners = new Map<string, string | null>([
  ['ours', 'contoso'],
  ['theirs', 'fabrikam'],
  ['of-the-house', null],
]);
const attempts: ForeignAttempt[] = [];
const ownership = {
  publisherOf: { subscription: async (id: string) => owners.get(id) },
  onForeign: (attempt: ForeignAttempt) => void attempts.push(attempt),
};
const ask = (scopedBy: ScopedBy, input: unknown, caller: Caller = limited) =>
  withinScope(scopedBy, { input, caller }, ownership);

describe('a key that is limited to one publisher', () => {
  test('reaches what is its own, with the input as it was', async () => {
    const input = { subscriptionId: 'ours', planId: 'p' };
    await expect(ask('subscription', input)).resolves.toEqual({ input });
  });

  test.each(['theirs', 'of-the-house', 'unknown'])(
    'is told of %s what it is told of what does not exist, and the owner learns of it',
    async (subscriptionId) => {
      attempts.length = 0;
      const answer = await ask('subscription', { subscriptionId });
      expect(answer).toEqual(await ask('subscription', { subscriptionId: 'never-heard-of' }));
      expect(answer).toMatchObject({ rejected: 'subscription.not-found' });
      expect(attempts[0]).toMatchObject({ scopedBy: 'subscription', id: subscriptionId });
    },
  );

  test('has its own publisher put into what is narrowed by it', async () => {
    const input = { limit: 5 };
    const narrowed = { input: { limit: 5, publisherId: 'contoso' } };
    await expect(ask('publisher', input)).resolves.toEqual(narrowed);
    await expect(ask('publisher', narrowed.input)).resolves.toEqual(narrowed);
  });

  test('cannot name another publisher', async () => {
    const answer = await ask('publisher', { publisherId: 'fabrikam' });
    expect(answer).toMatchObject({ rejected: 'publisher.not-found' });
  });

  test('is refused what is about the whole installation', async () => {
    await expect(ask('installation', {})).resolves.toMatchObject({ rejected: 'publisher.limited' });
  });

  test('is refused what a router cannot judge', async () => {
    for (const unable of [undefined, { publisherOf: {} }]) {
      const given = { input: { subscriptionId: 'ours' }, caller: limited };
      const answer = await withinScope('subscription', given, unable);
      expect(answer).toMatchObject({ rejected: 'publisher.limited' });
    }
  });

  test('passes a house that hands calls on, narrowed where that needs no look', async () => {
    const onward = (scopedBy: ScopedBy, input: unknown) =>
      withinScope(scopedBy, { input, caller: limited }, 'by-owner');
    const input = { subscriptionId: 'theirs' };
    await expect(onward('subscription', input)).resolves.toEqual({ input });
    await expect(onward('publisher', {})).resolves.toEqual({ input: { publisherId: 'contoso' } });
    await expect(onward('installation', {})).resolves.toBeInstanceOf(Rejection);
  });
});

test.each([house, service])('who is not limited passes everywhere, as $kind', async (caller) => {
  const input = { subscriptionId: 'theirs', publisherId: 'fabrikam' };
  for (const scopedBy of ['subscription', 'publisher', 'installation'] as const) {
    expect(await ask(scopedBy, input, caller)).toEqual({ input });
  }
  expect(publisherOfCaller(caller)).toBeUndefined();
});

describe('each public procedure', () => {
  const specs = Object.entries(publicProcedures as Procedures).flatMap(([namespace, named]) =>
    Object.entries(named).map(([name, spec]) => [`${namespace}.${name}`, spec] as const),
  );
  test.each(specs.filter(([, { scopedBy }]) => scopedBy !== 'installation'))(
    '%s takes the field by which it is bound to a publisher',
    (_path, { scopedBy, input }) => {
      const { field } = things[scopedBy as keyof typeof things];
      const shape = 'shape' in input ? (input.shape as Record<string, unknown>) : {};
      expect(shape).toHaveProperty(field);
    },
  );

  test('that is about the whole installation is known by name', () => {
    const whole = specs
      .filter(([, { scopedBy }]) => scopedBy === 'installation')
      .map(([path]) => path);
    expect(whole.toSorted()).toEqual([
      'alerts.list',
      'deadLetters.list',
      'deadLetters.replay',
      'notifications.counters',
    ]);
  });
});
