import { ownAlertProcedures } from '@landfall/contracts/alert-procedures.ts';
import { alertRules, type AlertRule } from '@landfall/contracts/alerts.ts';
import { procedureTables, publicOwners, publicProcedures } from '@landfall/contracts/api.ts';
import { metrics, type MetricSpec } from '@landfall/contracts/metrics.ts';
import type { Procedures } from '@landfall/contracts/procedures.ts';
import { retention } from '@landfall/contracts/retention.ts';
import { services } from '@landfall/contracts/services.ts';
import { consumers, streams } from '@landfall/contracts/streams.ts';
import { facts } from '@landfall/contracts/subjects.ts';

/** The README's tables of alerts and metrics: what is watched, and what it is computed from. */
export function operatingTables(): string {
  return [alertTable(), metricTable(), retentionTable()].join('\n\n');
}

/** The README's tables of subjects and procedures, computed from what the services really use. */
export function contractTables(): string {
  return [subjectTable(), consumerTable(), procedureTable()].join('\n\n');
}

function alertTable(): string {
  const rules = Object.entries(alertRules as Readonly<Record<string, AlertRule>>);
  return table(
    ['Alert', 'Severity', 'When', 'Means'],
    rules.map(([name, rule]) => [code(name), rule.severity, conditionOf(rule), rule.meaning]),
  );
}

function retentionTable(): string {
  const rows: string[][] = [];
  for (const [service, { rules, kept }] of Object.entries(retention)) {
    for (const { table: name, setting, days, only, reason } of rules) {
      const which = `${service}: ${code(name)}${only ? ', some' : ''}`;
      const time = days === 0 ? 'its own end' : `${days} ${days === 1 ? 'day' : 'days'}`;
      rows.push([which, time, setting ? code(setting) : '—', reason]);
    }
    for (const { table: name, reason } of kept) {
      rows.push([`${service}: ${code(name)}`, 'stays', '—', reason]);
    }
  }
  return table(['Table', 'Kept for', 'Setting', 'Why'], rows);
}

function conditionOf({ metric, is, threshold, where, whereNot, forMs }: AlertRule): string {
  const only = where ? ` of ${code(where.is)}` : '';
  const without = whereNot ? `, not of ${code(whereNot.is)}` : '';
  const lasting = forMs > 0 ? `, for ${forMs / 60_000} min` : '';
  return `${code(metric.name)}${only}${without} ${is} ${threshold}${lasting}`;
}

function metricTable(): string {
  return table(
    ['Metric', 'Kind', 'Labels', 'Told by', 'Tells'],
    Object.values(metrics as Readonly<Record<string, MetricSpec>>).map((spec) => [
      code(spec.name),
      spec.kind,
      spec.labels.map(code).join(', ') || '—',
      spec.by,
      spec.help,
    ]),
  );
}

function subjectTable(): string {
  return table(
    ['Fact (JetStream subject)', 'Published by', 'Says'],
    facts.map(({ subject, owner, summary }) => [code(subject), owner, summary]),
  );
}

function consumerTable(): string {
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
    ['Durable consumer', 'Service', 'Stream', 'Does'],
    [...rows, ['—', '—', code(dead.name), 'Keeps what a consumer gave up on, with the reason.']],
  );
}

function procedureTable(): string {
  const rows = Object.entries(publicProcedures as Procedures).flatMap(([namespace, specs]) =>
    Object.entries(specs).map(([name, spec]) => [
      code(`${namespace}.${name}`),
      spec.kind,
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
          'not public',
          '—',
          owner,
          spec.summary,
        ]),
      ),
  );
  return table(
    ['Procedure (tRPC)', 'Kind', 'Scope', 'Bound by', 'Answered by', 'Does'],
    [...rows, ...internal],
  );
}

function ownerOf(namespace: string): string {
  return (publicOwners as Record<string, string>)[namespace] ?? '—';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
