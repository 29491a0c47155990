import type { Evidence } from '../evidence.ts';
import { Ledger } from '../ledger.ts';
import type { UsageProof } from '../usage-evidence.ts';

/** Test data for the checks. */

export const ID = '5d91f6b1-3b35-45b0-8d85-a7431b7f3bda';
const OPERATION = '8c246385-f839-4bb4-8d91-d3c9a50899b6';
const AT = '2026-11-22T09:00:00.000Z';
const TERM_END = '2026-12-21T00:00:00.000Z';

const TERM = '2026-11-22T00:00:00.000Z';
const HOUR = '2026-11-22T11:00:00.000Z';

/** A correct history: bought, activated, moved to another plan by the customer, 3.1000005 units used. */
export function sound(): Evidence {
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
export function proof(): UsageProof {
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

export type Billing = Evidence['billing'];
export type Line = UsageProof['statements'][number]['lines'][number];
