import { expect, test } from 'vitest';
import { Ledger } from '../ledger.ts';
import type { Evidence } from '../evidence.ts';
import { check } from './check.ts';

const ID = '5d91f6b1-3b35-45b0-8d85-a7431b7f3bda';
const OPERATION = '8c246385-f839-4bb4-8d91-d3c9a50899b6';
const AT = '2026-11-22T09:00:00.000Z';
const TERM_END = '2026-12-21T00:00:00.000Z';

/** A correct history: bought, activated, moved to another plan by the customer, 3 units used. */
function sound(): Evidence {
  const ledger = new Ledger();
  ledger.opened.add(ID);
  ledger.activated.add(ID);
  const used = { eventId: 'u-1', subscriptionId: ID, dimension: 'api-calls', quantity: 3 };
  ledger.usage.set('u-1', { ...used, occurredAt: AT, isTaken: true });
  const entry = (kind: string, details = {}, operationId: string | null = null) => ({
    subscriptionId: ID,
    at: AT,
    kind,
    cause: 'worker',
    operationId,
    details,
  });
  const fact = (kind: string, version: number) => ({
    messageId: `${kind}-${version}`,
    subscriptionId: ID,
    kind,
    version,
    isPublished: true,
  });
  const facts = [fact('purchased', 1), fact('activated', 2), fact('planChanged', 3)];
  const record = { status: 'Subscribed', planId: 'growth', quantity: null, autoRenew: true };
  const operation = { id: OPERATION, subscriptionId: ID, action: 'ChangePlan', planId: 'growth' };
  return {
    ledger,
    marketplace: {
      subscriptions: [{ ...record, id: ID, offerId: 'analytics', termEnd: TERM_END }],
      operations: [
        { ...operation, status: 'Succeeded', source: 'Azure', createdAt: AT, endedAt: AT },
      ],
      deliveries: [
        {
          operationId: OPERATION,
          subscriptionId: ID,
          action: 'ChangePlan',
          state: 'delivered',
          attempts: [{ status: 200 }],
        },
      ],
      usage: [{ resourceId: ID, dimension: 'api-calls', hour: AT, quantity: '3' }],
    } as unknown as Evidence['marketplace'],
    subscriptions: [
      {
        ...record,
        id: ID,
        termEnd: TERM_END,
        activation: 'confirmed',
        version: 3,
        isMissing: false,
      },
    ],
    timeline: [
      entry('purchased', { planId: 'starter', quantity: null }),
      entry('activated'),
      entry('planChanged', { from: 'starter', to: 'growth' }, OPERATION),
    ],
    operations: [
      {
        subscriptionId: ID,
        operationId: OPERATION,
        action: 'ChangePlan',
        decision: 'accept',
        outcome: 'succeeded',
      },
    ],
    changes: [],
    tasks: [
      {
        subscriptionId: ID,
        kind: 'notification',
        dedupeKey: 'notification:n-1',
        isDone: true,
        isParked: false,
      },
    ],
    facts,
    notifications: [
      {
        id: 'n-1',
        operationId: OPERATION,
        subscriptionId: ID,
        verdict: 'accepted',
        isPublished: true,
      },
    ],
    billing: {
      subscriptions: [{ id: ID, status: 'Subscribed', planId: 'growth', version: 3 }],
      received: facts.map(({ messageId }) => messageId),
      records: [used],
      hours: [
        {
          subscriptionId: ID,
          dimension: 'api-calls',
          hour: AT,
          used: 3,
          reported: 3,
          state: 'settled',
          status: 'Accepted',
          problem: null,
        },
      ],
      lost: 0,
    },
    product: {
      events: new Map(
        facts.map(({ messageId: id, kind, version }) => [
          id,
          {
            id,
            type: kind,
            subscriptionId: ID,
            version,
            body: '',
            times: 1,
            isContradicted: false,
          },
        ]),
      ),
      rejected: [],
    },
    deadLetters: 0,
  };
}

const guarantees = (evidence: Evidence) => check(evidence, 'drained').map((one) => one.guarantee);

test('a correct history breaks no guarantee', () => {
  expect(check(sound(), 'drained')).toEqual([]);
});

const e = sound();
const [row, entries, operation] = [e.subscriptions[0]!, e.timeline, e.operations[0]!];
const waiting = sound().ledger;
waiting.offersWithSpaces.add('analytics');
const broken: readonly (readonly [string, Partial<Evidence>])[] = [
  [
    'both sides have the same record after everything has drained',
    { subscriptions: [{ ...row, planId: 'starter' }] },
  ],
  ['each change raises the version by one', { subscriptions: [{ ...row, version: 4 }] }],
  ['a purchase is recorded once', { timeline: [entries[0]!, ...entries] }],
  ['an operation has one effect (planChanged)', { timeline: [...entries, entries[2]!] }],
  ['each change of status follows from the status before', { timeline: [entries[1]!, ...entries] }],
  [
    'nothing looks forged, contradictory or lost',
    { timeline: [...entries, { ...entries[1]!, kind: 'contradictionSeen' }] },
  ],
  [
    'an operation has one outcome, the same as in the marketplace',
    { operations: [{ ...operation, outcome: 'failed' }] },
  ],
  [
    'an operation has one outcome, the same as in the marketplace',
    { operations: [{ ...operation, decision: 'refuse', outcome: 'overruled' }] },
  ],
  ['an operation has one outcome, the same as in the marketplace', { operations: [] }],
  ['an answered notification is stored', { notifications: [] }],
  [
    'an answered notification is published',
    { notifications: [{ ...e.notifications[0]!, isPublished: false }] },
  ],
  [
    'a notification is stored once',
    { notifications: [...e.notifications, { ...e.notifications[0]!, id: 'n-2' }] },
  ],
  ['a published notification reaches the worker', { tasks: [] }],
  [
    'a temporary fault parks no task',
    { tasks: [{ ...e.tasks[0]!, isDone: false, isParked: true }] },
  ],
  ['a temporary fault causes no dead letter', { deadLetters: 1 }],
  ['each published change has one fact', { facts: e.facts.slice(1) }],
  ['each fact has its own id', { facts: [...e.facts, e.facts[0]!] }],
  [
    'each fact is published',
    { facts: e.facts.map((fact) => Object.assign({}, fact, { isPublished: false })) },
  ],
  ['each fact is received', { billing: { ...e.billing, received: [] } }],
  ['billing has the last state', { billing: { ...e.billing, subscriptions: [] } }],
  [
    'each accepted usage record is counted once, and no other is',
    { billing: { ...e.billing, records: [] } },
  ],
  [
    'each past hour is settled',
    { billing: { ...e.billing, hours: [{ ...e.billing.hours[0]!, state: 'sending' }] } },
  ],
  [
    'a settled hour is in the marketplace once, with our quantity',
    { billing: { ...e.billing, hours: [{ ...e.billing.hours[0]!, reported: 2 }] } },
  ],
  [
    'the hours contain each unit once',
    { billing: { ...e.billing, hours: [{ ...e.billing.hours[0]!, used: 4 }] } },
  ],
  ['the quantity above what is included is billed', { billing: { ...e.billing, hours: [] } }],
  ['no usage is written off', { billing: { ...e.billing, lost: 1 } }],
  [
    'billing begins only when the space exists',
    {
      ledger: waiting,
      timeline: [
        ...entries,
        { ...entries[1]!, kind: 'provisioningRequested' },
        { ...entries[1]!, kind: 'activationSent' },
      ],
    },
  ],
  ['the product receives an event for each fact', { product: { events: new Map(), rejected: [] } }],
  [
    'every event passes verification',
    { product: { ...e.product, rejected: ['signature-invalid'] } },
  ],
  [
    'events of a subscription arrive in order',
    { product: { ...e.product, events: new Map([...e.product.events].toReversed()) } },
  ],
];

test.each(broken)('finds a broken guarantee: %s', (guarantee, changes) => {
  expect(guarantees({ ...sound(), ...changes })).toContain(guarantee);
});
