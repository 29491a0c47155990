import { expect, test } from 'vitest';
import type { Evidence } from '../evidence.ts';
import { check } from './check.ts';
import { sound } from './sound-evidence.ts';

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
