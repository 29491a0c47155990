import { ownAlertProcedures } from './alert-procedures.ts';
import { procedureTables, publicOwners, publicProcedures } from './api.ts';
import type { Procedures } from './procedures.ts';
import { services } from './services.ts';
import { consumers, streams } from './streams.ts';
import { facts } from './subjects.ts';

/** The README's tables of subjects and procedures, computed from what the services really use. */
export function contractTables(): string {
  return [subjectTable(), consumerTable(), procedureTable()].join('\n\n');
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
      spec.reach,
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
