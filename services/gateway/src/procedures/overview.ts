import { forwardedProcedures } from '@landfall/contracts/api';
import type { alertProcedures } from '@landfall/contracts/alert-procedures';
import type { overviewProcedures } from '@landfall/contracts/overview-procedures';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import type { Call, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { retention } from '@landfall/contracts/retention';

type Forwarded = Handlers<typeof forwardedProcedures>;
type Get = Handlers<typeof overviewProcedures>['overview']['get'];

/** Each list answers with at most this many, which an index finds at once. */
const MOST = 200;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Comparisons run once a day, so the newest one is in here. */
const RECENT_MS = 2 * DAY_MS;

interface Found {
  readonly count: number;
  readonly isMore?: boolean | undefined;
}

interface Matter {
  readonly kind: string;
  readonly procedure: readonly [namespace: keyof typeof forwardedProcedures, name: string];
  readonly input: Readonly<Record<string, unknown>>;
  readonly meaning: string;
  /** Counts in the answer. */
  readonly count: (answer: never) => Found;
  /** Concerns all publishers at once. */
  readonly isForAll?: true;
}

/**
 * What waits for a person, counted by the lists that show it. They are called as the caller, so their scopes and publishers
 * apply, and nothing is counted that the caller may not see.
 */
export function overviewHandler(parts: {
  readonly forwarded: Forwarded;
  readonly alerts: Handlers<typeof alertProcedures>['alerts'];
  readonly now: () => Date;
}): Get {
  const { forwarded, alerts, now } = parts;
  return async ({ publisherId }, call) => {
    const isLimited = publisherOfCaller(call.caller) !== undefined;
    const at = now();
    const withheld: string[] = [];
    const wanted = mattersAt(at).filter(({ procedure, isForAll }) => {
      if (isForAll && (isLimited || publisherId !== undefined)) return false;
      const isAllowed = mayCall(call, procedure);
      if (!isAllowed) withheld.push(procedure.join('.'));
      return isAllowed;
    });
    const showsAlerts = !isLimited && hasScope(call, 'alerts:read');
    const [firing, matters] = await Promise.all([
      showsAlerts ? alerts.list({}, call) : undefined,
      Promise.all(wanted.map((matter) => look(forwarded, { matter, publisherId, call }))),
    ]);
    const found = firing instanceof Rejection ? undefined : firing?.firing;
    const open = matters.filter(({ count }) => count !== 0);
    return {
      isGood: open.length === 0 && (found ?? []).length === 0,
      alerts: found,
      matters: open,
      withheld: [...new Set(withheld)],
      at: at.toISOString(),
    };
  };
}

function mattersAt(at: Date): readonly Matter[] {
  const since = new Date(at.getTime() - RECENT_MS).toISOString();
  const finding = (state: string): Matter => ({
    kind: `${state}Differences`,
    procedure: ['reconciliation', 'findings'],
    input: { state, since },
    meaning:
      'Differences from Microsoft’s list that were not put right yet. Look at the parked task or the timeline.',
    count: counted,
  });
  return [
    {
      kind: 'parkedTasks',
      procedure: ['parkedTasks', 'list'],
      input: {},
      meaning: 'Work that failed for good. Fix the reason, then parkedTasks.replay.',
      count: counted,
    },
    {
      kind: 'deadLetters',
      procedure: ['deadLetters', 'list'],
      input: {},
      meaning:
        'Messages that a service could not process. Fix the reason, then deadLetters.replay.',
      count: counted,
      isForAll: true,
    },
    {
      kind: 'deadDeliveries',
      procedure: ['deliveries', 'list'],
      input: { state: 'dead' },
      meaning: 'Events that your product did not get. Repair it, then deliveries.replay.',
      count: counted,
    },
    {
      kind: 'failingDestinations',
      procedure: ['destinations', 'list'],
      input: {},
      meaning: 'Destinations that fail, or that were disabled after failures.',
      count: ({ items }: Page<{ failingSince?: string; disabledBecause?: string }>) => ({
        count: items.filter(
          ({ failingSince, disabledBecause = 'operator' }) =>
            failingSince !== undefined || disabledBecause !== 'operator',
        ).length,
      }),
    },
    {
      kind: 'failedActivations',
      procedure: ['subscriptions', 'list'],
      input: { activation: 'failed', status: 'PendingFulfillmentStart' },
      meaning: 'Purchases that could not be activated. The customer waits; see the timeline.',
      count: counted,
    },
    {
      kind: 'waitingForProduct',
      procedure: ['subscriptions', 'list'],
      input: { waitsFor: 'product' },
      meaning: 'Purchases for which your product creates the space. Billing waits for it.',
      count: counted,
    },
    {
      kind: 'accessRequests',
      procedure: ['people', 'waiting'],
      input: {},
      meaning:
        'People who request access and have no owner to decide. Name one with people.nameOwner.',
      count: ({ items }: Page<{ hasOwner: boolean }>) => ({
        count: items.filter(({ hasOwner }) => !hasOwner).length,
      }),
    },
    {
      kind: 'credentials',
      procedure: ['credentials', 'status'],
      input: {},
      meaning: 'Credentials that do not work or end soon.',
      count: ({ publishers }: { publishers: readonly { state: string }[] }) => ({
        count: publishers.filter(({ state }) => state !== 'ok' && state !== 'unknown').length,
      }),
    },
    finding('open'),
    finding('parked'),
    finding('unhealed'),
    {
      kind: 'refusedUsage',
      procedure: ['usage', 'refusals'],
      input: {},
      meaning: 'Usage of the last day that was refused and is not billed.',
      count: ({ items }: Page<{ lastAt: string }>) => ({
        count: items.filter(({ lastAt }) => Date.parse(lastAt) > at.getTime() - DAY_MS).length,
      }),
    },
  ];
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

function counted({ items, nextCursor }: Page<unknown>): Found {
  return { count: items.length, ...(nextCursor !== undefined && { isMore: true }) };
}

/** One matter. A service that does not answer makes it unknown, which is shown. */
async function look(
  forwarded: Forwarded,
  asked: {
    readonly matter: Matter;
    readonly publisherId: string | undefined;
    readonly call: Call;
  },
) {
  const { matter, publisherId, call } = asked;
  const [namespace, name] = matter.procedure;
  const ask = (forwarded[namespace] as Readonly<Record<string, Ask>>)[name];
  const named = publisherId === undefined ? matter.input : { ...matter.input, publisherId };
  const isPaged = matter.kind !== 'credentials';
  const found = await ask?.(isPaged ? { ...named, limit: MOST } : named, call).then(
    (answer) => matter.count(answer as never),
    () => undefined,
  );
  const { kind, meaning, procedure } = matter;
  return { kind, ...found, list: { procedure: procedure.join('.'), input: named }, meaning };
}

type Ask = (input: object, call: Call) => Promise<unknown>;

function mayCall(call: Call, [namespace, name]: Matter['procedure']): boolean {
  const specs = forwardedProcedures[namespace] as Readonly<Record<string, { scope: string }>>;
  const scope = specs[name]?.scope;
  return scope !== undefined && hasScope(call, scope);
}

function hasScope({ caller }: Call, scope: string): boolean {
  return caller.kind !== 'service' && caller.scopes.some((one) => one === scope);
}

/** The rules of every service with their default days, and the tables that are kept. */
export function retentionHandler(): Handlers<typeof overviewProcedures>['retention']['get'] {
  return async () => ({ rules: Object.entries(retention).flatMap(rulesOf) });
}

function rulesOf([service, { rules, kept }]: [string, (typeof retention)['gateway']]) {
  const removed = rules.map(({ table, days, minDays, setting, only, reason }) => {
    return { service, table, days, minDays, setting, only, reason };
  });
  return [...removed, ...kept.map(({ table, reason }) => ({ service, table, reason }))];
}
