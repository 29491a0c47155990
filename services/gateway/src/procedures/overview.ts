import type { alertProcedures } from '@landfall/contracts/alert-procedures';
import type { overviewProcedures } from '@landfall/contracts/overview-procedures';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import type { Call, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { retention } from '@landfall/contracts/retention';
import type { Scope } from '@landfall/contracts/scopes';
import { matterTexts } from '@landfall/words/matters';
import type { Db } from '../db/schema.ts';
import { incidentPageOf } from '../matters/view.ts';
import { countOpen, mostUrgent } from '../store/matters.ts';

type Get = Handlers<typeof overviewProcedures>['overview']['get'];

/** What is wrong: the active alerts, and what needs a person, by kind. Nothing is shown that the caller may not list. */
export function overviewHandler(parts: {
  readonly db: Db;
  readonly alerts: Handlers<typeof alertProcedures>['alerts'];
  readonly publicUrl: string;
  readonly now: () => Date;
}): Get {
  const { db, alerts, publicUrl, now } = parts;
  return async ({ publisherId }, call) => {
    const at = now();
    const showsAlerts =
      publisherOfCaller(call.caller) === undefined && hasScope(call, 'alerts:read');
    const showsMatters = hasScope(call, 'matters:read');
    const [firing, matters] = await Promise.all([
      showsAlerts ? alerts.list({}, call) : undefined,
      showsMatters ? openByKind(db, { publisherId, publicUrl, now: at }) : [],
    ]);
    const found = firing instanceof Rejection ? undefined : firing?.firing;
    return {
      isGood: matters.every(({ severity }) => severity === 'info') && (found ?? []).length === 0,
      alerts: found,
      matters,
      withheld: showsMatters ? [] : ['matters.list'],
      at: at.toISOString(),
    };
  };
}

/** What is open and not snoozed, by kind: the most urgent kinds first. */
async function openByKind(
  db: Db,
  wanted: {
    readonly publisherId: string | undefined;
    readonly publicUrl: string;
    readonly now: Date;
  },
) {
  const [counts, urgent] = await Promise.all([countOpen(db, wanted), mostUrgent(db, wanted)]);
  const countOf = (kind: string) =>
    counts
      .filter((one) => one.kind === kind)
      .reduce((total, { count, snoozed }) => total + count - snoozed, 0);
  return urgent.map((matter) => {
    const { kind, params, severity, dueAt } = matter;
    const { title, nextStep } = matterTexts({ kind, params }, 'en');
    return {
      kind,
      count: countOf(kind),
      severity,
      nextDueAt: dueAt?.toISOString(),
      list: {
        procedure: 'matters.list',
        input: { kinds: [kind], ...(wanted.publisherId && { publisherId: wanted.publisherId }) },
      },
      meaning: `${title}. ${nextStep}`,
      incidentPage: incidentPageOf(matter, wanted.publicUrl),
    };
  });
}

function hasScope({ caller }: Call, scope: Scope): boolean {
  return caller.kind !== 'service' && caller.scopes.includes(scope);
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
