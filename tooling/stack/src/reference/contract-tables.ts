import { ownAlertProcedures } from '@landfall/contracts/alert-procedures';
import type { AlertRule } from '@landfall/contracts/alert-rule';
import { alertRules } from '@landfall/contracts/alerts';
import { procedureTables, publicOwners, publicProcedures } from '@landfall/contracts/api';
import { incidentAnchor } from '@landfall/contracts/incident-address';
import { conditionOf } from '@landfall/contracts/incidents';
import type { MetricSpec } from '@landfall/contracts/metric-spec';
import { metrics } from '@landfall/contracts/metrics';
import type { Procedures } from '@landfall/contracts/procedures';
import { restRoute } from '@landfall/contracts/rest-routes';
import { retention } from '@landfall/contracts/retention';
import { services } from '@landfall/contracts/services';
import { consumers, streams } from '@landfall/contracts/streams';
import { facts } from '@landfall/contracts/subjects';
import { rejectionHelp } from '@landfall/contracts/rejection-help';
import { rejectionCodes, type RejectionCode } from '@landfall/contracts/rejections';
import { code, table } from './markdown.ts';

export function alertTable(): string {
  const rules = Object.entries(alertRules as Readonly<Record<string, AlertRule>>);
  return table(
    ['Alert', 'Severity', 'When', 'Meaning', 'First step'],
    rules.map(([name, rule]) => [
      `[${code(name)}](incidents.md#${incidentAnchor(name)})`,
      rule.severity,
      conditionOf(rule),
      rule.meaning,
      rule.nextStep,
    ]),
  );
}

export function retentionTable(): string {
  const rows: string[][] = [];
  for (const [service, { rules, kept }] of Object.entries(retention)) {
    for (const { table: name, setting, days, minDays, only, reason } of rules) {
      const which = `${service}: ${code(name)}${only ? ', some' : ''}`;
      const time = days === 0 ? 'its own end' : `${days} ${days === 1 ? 'day' : 'days'}`;
      const least = minDays === undefined ? '' : ` (at least ${minDays})`;
      rows.push([which, time, setting ? `${code(setting)}${least}` : '—', reason]);
    }
    for (const { table: name, reason } of kept) {
      rows.push([`${service}: ${code(name)}`, 'stays', '—', reason]);
    }
  }
  return table(['Table', 'Kept for', 'Setting', 'Why'], rows);
}

export function metricTable(): string {
  return table(
    ['Metric', 'Kind', 'Labels', 'Service', 'Meaning'],
    Object.values(metrics as Readonly<Record<string, MetricSpec>>).map((spec) => [
      code(spec.name),
      spec.kind,
      spec.labels.map(code).join(', ') || '—',
      spec.by,
      spec.help,
    ]),
  );
}

export function factTable(): string {
  return table(
    ['Fact (JetStream subject)', 'Published by', 'Meaning'],
    facts.map(({ subject, owner, summary }) => [code(subject), owner, summary]),
  );
}

export function consumerTable(): string {
  const byService = services.flatMap(({ name }) =>
    consumers.filter(({ consumer }) => consumer === name),
  );
  const rows = byService.map(({ durable, consumer, stream, summary }) => [
    code(durable),
    consumer,
    code(stream.name),
    summary,
  ]);
  const dead = streams.deadLetters;
  return table(
    ['Durable consumer', 'Service', 'Stream', 'Purpose'],
    [...rows, ['—', '—', code(dead.name), 'Keeps what a consumer gave up on, with the reason.']],
  );
}

function addressOf(namespace: string, name: string, spec: Procedures[string][string]): string {
  const { method, path } = restRoute(namespace, name, spec);
  return code(`${method.toUpperCase()} ${path}`);
}

export function procedureTable(): string {
  const rows = Object.entries(publicProcedures as Procedures).flatMap(([namespace, specs]) =>
    Object.entries(specs).map(([name, spec]) => [
      code(`${namespace}.${name}`),
      spec.kind,
      addressOf(namespace, name, spec),
      code(spec.scope),
      spec.scopedBy,
      ownerOf(namespace),
      spec.summary,
    ]),
  );
  const tablesByOwner = { ...procedureTables, 'each service': ownAlertProcedures };
  const internal = Object.entries(tablesByOwner).flatMap(([owner, tables]) =>
    Object.entries(tables as Procedures)
      .filter(([namespace]) => !(namespace in publicProcedures))
      .flatMap(([namespace, specs]) =>
        Object.entries(specs).map(([name, spec]) => [
          code(`${namespace}.${name}`),
          spec.kind,
          '—',
          'not public',
          '—',
          owner,
          spec.summary,
        ]),
      ),
  );
  return table(
    ['Procedure', 'Kind', 'Address', 'Scope', 'Bound by', 'Answered by', 'Purpose'],
    [...rows, ...internal],
  );
}

export function rejectionTable(): string {
  const rows = Object.entries(rejectionHelp).map(([rejection, { meaning, nextStep }]) => [
    code(rejection),
    code(rejectionCodes[rejection as RejectionCode]),
    meaning,
    nextStep,
  ]);
  return table(['`data.rejection`', '`data.code`', 'Meaning', 'Next step'], rows);
}

function ownerOf(namespace: string): string {
  return (publicOwners as Record<string, string>)[namespace] ?? '—';
}
