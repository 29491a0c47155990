import { expect, test } from 'vitest';
import { observe } from '@landfall/domain/observe';
import { evolveAll } from '@landfall/domain/evolve';
import { decodeSubscription } from '@landfall/marketplace/subscription';
import { toSnapshot } from '../snapshot.ts';
import type { SubscriptionRecord } from '../store/subscriptions.ts';
import { comparePage } from './compare-page.ts';

const reader = { publisherId: undefined };

function listed(n: number, fields: Record<string, unknown> = {}) {
  return decodeSubscription({
    id: `00000000-0000-4000-8000-00000000000${n}`,
    publisherId: 'contoso',
    offerId: 'analytics',
    planId: 'starter',
    saasSubscriptionStatus: 'Subscribed',
    allowedCustomerOperations: ['Read', 'Update'],
    ...fields,
  });
}

function recorded(seen: ReturnType<typeof listed>, missingAt?: Date): SubscriptionRecord {
  const state = evolveAll(undefined, observe(undefined, toSnapshot(seen, undefined, reader)))!;
  const at = new Date(0);
  return { state, version: 1, missingAt, readAt: undefined, createdAt: at, updatedAt: at };
}

const known = (...records: SubscriptionRecord[]) =>
  new Map(records.map((record) => [record.state.id, record]));

test('a record that is equal on both sides is unchanged', () => {
  const compared = comparePage(
    { subscriptions: [listed(1)], unreadable: [] },
    known(recorded(listed(1))),
    reader,
  );
  expect(compared).toEqual({
    listed: 1,
    unchanged: 1,
    drifted: [],
    unopened: [],
    testsDrifted: [],
    errors: 0,
    findings: [],
  });
});

test('different, unknown and found-again subscriptions are drift; impossible ones are errors', () => {
  const ended = recorded(listed(4, { saasSubscriptionStatus: 'Unsubscribed' }));
  const compared = comparePage(
    {
      subscriptions: [listed(1, { planId: 'growth' }), listed(2), listed(3), listed(4)],
      unreadable: [{}],
    },
    known(recorded(listed(1)), recorded(listed(3), new Date(1)), ended),
    reader,
  );
  expect(compared).toMatchObject({ listed: 5, unchanged: 0, errors: 2 });
  expect(compared.drifted).toHaveLength(3);
  expect(compared.findings.map(({ kind }) => kind)).toEqual([
    'unreadable',
    'drift',
    'unknown',
    'found-again',
    'contradiction',
  ]);
});

test('a field that Microsoft did not send is no difference', () => {
  const bare = decodeSubscription({ id: listed(1).id, saasSubscriptionStatus: 'Subscribed' });
  const compared = comparePage(
    { subscriptions: [bare], unreadable: [] },
    known(recorded(listed(1))),
    reader,
  );
  expect(compared.unchanged).toBe(1);
});

test('purchases that were never opened are not drift, even if they have ended', () => {
  const pending = { saasSubscriptionStatus: 'PendingFulfillmentStart' };
  const ended = { saasSubscriptionStatus: 'Unsubscribed' };
  const ran = { ...ended, term: { startDate: '2026-01-01', endDate: '2026-01-31' } };
  const compared = comparePage(
    {
      subscriptions: [listed(1, pending), listed(2, ended), listed(3, ended), listed(4, ran)],
      unreadable: [],
    },
    known(recorded(listed(3, pending))),
    reader,
  );
  expect(compared.unopened).toEqual([listed(1).id, listed(2).id, listed(3).id]);
  expect(compared.drifted).toEqual([listed(4).id]);
  expect(compared.findings.map(({ kind }) => kind)).toEqual(['unknown']);
});

test('test purchases that differ are reported and counted separately', () => {
  const tests = [{ isTest: true }, { sessionMode: 'DryRun' }, { sandboxType: 'Csp' }];
  const compared = comparePage(
    { subscriptions: tests.map((fields, n) => listed(n + 1, fields)), unreadable: [] },
    known(),
    reader,
  );
  expect(compared).toMatchObject({ drifted: [], errors: 0 });
  expect(compared.testsDrifted).toHaveLength(3);
  expect(compared.findings).toHaveLength(3);
});

test("another publisher's record is not compared, and nothing about it is reported", () => {
  const theirs = recorded(listed(1, { saasSubscriptionStatus: 'Unsubscribed' }));
  const compared = comparePage({ subscriptions: [listed(1)], unreadable: [] }, known(theirs), {
    publisherId: 'litware',
    isForeign: (publisherId) => publisherId === 'contoso',
  });
  expect(compared).toMatchObject({ unchanged: 0, drifted: [], unopened: [], errors: 1 });
  expect(compared.findings).toMatchObject([{ kind: 'foreign' }]);
  expect(JSON.stringify(compared.findings)).not.toContain('Unsubscribed');
});
