import { expect, test } from 'vitest';
import { Ledger } from '../ledger.ts';
import type { Evidence } from '../evidence.ts';
import type { UsageProof } from '../usage-evidence.ts';
import { check } from './check.ts';
import { checkUsage } from './usage.ts';
import { checkUsageProof } from './usage-proof.ts';
import { shown, units } from './usage-oracle.ts';

const ID = '5d91f6b1-3b35-45b0-8d85-a7431b7f3bda';
const OPERATION = '8c246385-f839-4bb4-8d91-d3c9a50899b6';
const AT = '2026-11-22T09:00:00.000Z';
const TERM_END = '2026-12-21T00:00:00.000Z';

const TERM = '2026-11-22T00:00:00.000Z';
const HOUR = '2026-11-22T11:00:00.000Z';

/** A correct history: bought, activated, moved to another plan by the customer, 3.1000005 units used. */
function sound(): Evidence {
  const ledger = new Ledger();
  ledger.opened.add(ID);
  ledger.activated.add(ID);
  const plan = { offerId: 'analytics', planId: 'starter' };
  ledger.metered.set(ID, { ...plan, termUnit: 'P1M', termStarts: new Set([TERM]) });
  const report = (eventId: string, dimension: string, quantity: string) =>
    ledger.usage.set(eventId, {
      eventId,
      subscriptionId: ID,
      dimension,
      quantity,
      occurredAt: HOUR,
      isTaken: true,
    });
  report('u-1', 'api-calls', '3.1000005');
  report('u-2', 'calls', '15');
  ledger.meters.push({
    offerId: 'analytics',
    planId: 'growth',
    meter: 'calls',
    tiers: [
      { from: '5', dimension: 'tier1' },
      { from: '12', dimension: 'tier2' },
    ],
  });
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
      usage: [
        { resourceId: ID, dimension: 'api-calls', hour: HOUR, planId: 'growth', quantity: '2.1' },
        { resourceId: ID, dimension: 'tier1', hour: HOUR, planId: 'growth', quantity: '7' },
        { resourceId: ID, dimension: 'tier2', hour: HOUR, planId: 'growth', quantity: '3' },
      ],
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
      claims: ['u-1', 'u-2'],
      records: [
        { eventId: 'u-1', meter: 'api-calls', quantity: '3.1000005', ...OF_TERM },
        { eventId: 'u-2', meter: 'calls', quantity: '15', ...OF_TERM },
      ],
      meterHours: [
        { meter: 'api-calls', used: '3.1000005', counted: '3.1000005', state: 'rated', ...OF_TERM },
        { meter: 'calls', used: '15', counted: '15', state: 'rated', ...OF_TERM },
      ],
      entries: [
        rated('api-calls', 'api-calls', { used: '3.1000005', included: '1', reported: '2.1' }),
        rated('calls', 'tier1', { used: '5', included: '5', basis: 'tier' }),
        rated('calls', 'tier1', { used: '7', reported: '7' }),
        rated('calls', 'tier2', { used: '3', reported: '3' }),
      ],
      hours: [
        settled('api-calls', '3.1000005', '2.1'),
        settled('tier1', '12', '7'),
        settled('tier2', '3', '3'),
      ],
    },
    offers: [
      {
        offerId: 'analytics',
        plans: [{ planId: 'growth', terms: [{ termUnit: 'P1M', included: { 'api-calls': 1 } }] }],
      },
    ] as unknown as Evidence['offers'],
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

const OF_TERM = { subscriptionId: ID, hour: HOUR, planId: 'growth', termStart: TERM };

function rated(meter: string, dimension: string, of: Partial<Billing['entries'][number]>) {
  const nothing = { used: '0', included: '0', reported: '0' };
  const remainder = dimension === 'api-calls' ? '0.0000005' : '0';
  const entry = { ...OF_TERM, meter, dimension, toHour: HOUR, basis: 'microsoft', reason: null };
  return { ...entry, kind: 'rated', ...nothing, remainder, ...of };
}

function settled(dimension: string, used: string, reported: string) {
  const row = { subscriptionId: ID, dimension, hour: HOUR, planId: 'growth', used, reported };
  return { ...row, billed: reported, state: 'settled', status: 'Accepted', problem: null };
}

/** The proof of that history. */
function proof(): UsageProof {
  const day = (dimension: string, quantity: string) => ({
    subscriptionId: ID,
    planId: 'growth',
    dimension,
    day: '2026-11-22',
    ours: quantity,
    processed: quantity,
    verdict: 'agrees',
  });
  const line = (dimension: string, of: Partial<Line>): Line => ({
    planId: 'growth',
    termStart: TERM,
    dimension,
    used: '0',
    included: '0',
    billed: '0',
    pending: '0',
    notBilled: '0',
    carriedIn: '0',
    carriedOut: '0',
    remainder: '0',
    ...of,
  });
  const lines = [
    line('api-calls', { used: '3.1000005', included: '1', billed: '2.1', remainder: '0.0000005' }),
    line('tier1', { used: '12', included: '5', billed: '7' }),
    line('tier2', { used: '3', billed: '3' }),
  ];
  return {
    statements: [{ subscriptionId: ID, month: '2026-11', lines }],
    days: [day('api-calls', '2.1'), day('tier1', '7'), day('tier2', '3')],
    incidents: [],
  };
}

type Billing = Evidence['billing'];
type Line = UsageProof['statements'][number]['lines'][number];

const guarantees = (evidence: Evidence) => check(evidence, 'drained').map((one) => one.guarantee);

test('a correct history breaks no guarantee', () => {
  expect(check(sound(), 'drained')).toEqual([]);
  expect(checkUsage(sound())).toEqual([]);
  expect(checkUsageProof(sound(), proof())).toEqual([]);
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

const { billing: b } = e;
const [record, entry] = [b.records[0]!, b.entries[0]!];
const withUsage = (bill: Partial<Billing>) => ({ ...e, billing: { ...b, ...bill } });
const firstEntry = (change: Partial<Billing['entries'][number]>) =>
  withUsage({ entries: [{ ...entry, ...change }, ...b.entries.slice(1)] });
const firstHour = (change: Partial<Billing['hours'][number]>) =>
  withUsage({ hours: [{ ...b.hours[0]!, ...change }, ...b.hours.slice(1)] });
const firstMeterHour = (change: Partial<Billing['meterHours'][number]>) =>
  withUsage({ meterHours: [{ ...b.meterHours[0]!, ...change }, b.meterHours[1]!] });
const bad = sound().ledger;
bad.badUsageTaken.push('nothing was used');

const brokenUsage: readonly (readonly [string, string, Evidence])[] = [
  [
    'each accepted usage record is counted once, and no other is',
    'lost',
    withUsage({ records: [] }),
  ],
  [
    'each accepted usage record is counted once, and no other is',
    'counted twice',
    withUsage({ records: [...b.records, record] }),
  ],
  [
    'each accepted usage record is counted once, and no other is',
    'with another last decimal',
    withUsage({ records: [{ ...record, quantity: '3.1000004' }, b.records[1]!] }),
  ],
  [
    'each accepted usage record is counted once, and no other is',
    'never reported',
    withUsage({ records: [...b.records, { ...record, eventId: 'u-3' }] }),
  ],
  [
    'a record counts for the plan and term of its moment',
    'the plan of before',
    withUsage({ records: [{ ...record, planId: 'starter' }, b.records[1]!] }),
  ],
  [
    'a record counts for the plan and term of its moment',
    'the term of before',
    withUsage({ records: [{ ...record, termStart: '2026-10-22T00:00:00.000Z' }, b.records[1]!] }),
  ],
  ['bad usage is refused', 'accepted', { ...e, ledger: bad }],
  [
    'each claimed event id has its record, and each record its claim',
    'without a claim',
    withUsage({ claims: ['u-1'] }),
  ],
  [
    'each claimed event id has its record, and each record its claim',
    'without a record',
    withUsage({ claims: [...b.claims, 'u-3'] }),
  ],
  ['the hours contain each unit once', 'too much', firstMeterHour({ used: '4' })],
  ['the hours contain each unit once', 'nothing', withUsage({ meterHours: [] })],
  ['all usage is rated', 'held', firstMeterHour({ state: 'held' })],
  ['the ledger has each counted unit once', 'twice', withUsage({ entries: [...b.entries, entry] })],
  ['the ledger has each counted unit once', 'lost', withUsage({ entries: b.entries.slice(1) })],
  [
    'used = included + reported + remainder in each ledger entry',
    'unbalanced',
    firstEntry({ included: '1.0000001' }),
  ],
  ['no usage is written off or moved', 'given up', firstEntry({ kind: 'given-up', toHour: null })],
  ['usage counts for the dimension of its tier', 'no tiers', firstEntry({ dimension: 'reports' })],
  [
    'usage counts for the dimension of its tier',
    'in another order',
    withUsage({ entries: b.entries.toReversed() }),
  ],
  [
    'the quantity above what is included is billed',
    'too little',
    firstEntry({ included: '1.1', reported: '2' }),
  ],
  [
    'a row for Microsoft is the sum of its ledger entries',
    'another quantity',
    firstHour({ reported: '2.1000001' }),
  ],
  ['a row for Microsoft is the sum of its ledger entries', 'more usage', firstHour({ used: '4' })],
  [
    'a row for Microsoft is the sum of its ledger entries',
    'no row',
    withUsage({ hours: b.hours.slice(1) }),
  ],
  ['each past hour is settled', 'sending', firstHour({ state: 'sending' })],
  ['each past hour is settled', 'held', firstHour({ state: 'held' })],
  [
    'a settled hour is in the marketplace once, with our quantity',
    'another quantity',
    firstHour({ billed: '2' }),
  ],
  [
    'a settled hour is in the marketplace once, with our quantity',
    'another plan',
    firstHour({ planId: 'starter' }),
  ],
  [
    'a settled hour is in the marketplace once, with our quantity',
    'only there',
    withUsage({ hours: [] }),
  ],
];

test.each(brokenUsage)('finds broken usage: %s (%s)', (guarantee, _how, evidence) => {
  const found = checkUsage(evidence).map((one) => one.guarantee);
  expect(found).toContain(guarantee);
});

const p = proof();
const lines = p.statements[0]!.lines;
const firstLine = (change: Partial<Line>) => ({
  statements: [{ ...p.statements[0]!, lines: [{ ...lines[0]!, ...change }, ...lines.slice(1)] }],
});
const brokenProof: readonly (readonly [string, string, Partial<UsageProof>])[] = [
  ['the statements say exactly what must be billed', 'none', { statements: [] }],
  [
    'the statements say exactly what must be billed',
    'less',
    firstLine({ included: '1.1', billed: '2' }),
  ],
  ['each line of a statement is balanced', 'unbalanced', firstLine({ included: '2' })],
  ['each line of a statement is balanced', 'pending', firstLine({ billed: '2', pending: '0.1' })],
  ["Microsoft's usage report agrees with the ledger", 'not read', { days: p.days.slice(1) }],
  [
    "Microsoft's usage report agrees with the ledger",
    'another quantity',
    { days: [{ ...p.days[0]!, processed: '2' }, ...p.days.slice(1)] },
  ],
  [
    "Microsoft's usage report agrees with the ledger",
    'an incident',
    { incidents: [{ subscriptionId: ID, message: 'missing' }] },
  ],
];

test.each(brokenProof)('finds a broken proof: %s (%s)', (guarantee, _how, changes) => {
  const found = checkUsageProof(sound(), { ...p, ...changes }).map((one) => one.guarantee);
  expect(found).toContain(guarantee);
});

test('finds a ledger that bills something else than the records', () => {
  const evidence = firstEntry({ reported: '2.2', included: '0.9' });
  const found = checkUsageProof(evidence, proof()).map((one) => one.guarantee);
  expect(found).toContain('the ledger bills exactly what must be billed');
});

test.each([
  [1e-7, '0.0000001'],
  ['0.123456789012', '0.123456789012'],
  ['007.50', '7.5'],
  ['1.5e3', '1500'],
  [0, '0'],
])('reads the quantity %s exactly', (written, exact) => {
  expect(shown(units(written))).toBe(exact);
});
