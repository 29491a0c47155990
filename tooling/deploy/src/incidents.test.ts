import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { alertRules } from '@landfall/contracts/alerts';
import { publicProcedures } from '@landfall/contracts/api';
import { incidentGroups } from '@landfall/contracts/incidents';
import { metrics } from '@landfall/contracts/metrics';
import type { Procedures } from '@landfall/contracts/procedures';
import { restRoute } from '@landfall/contracts/rest-routes';
import { prometheusAlerts } from '@landfall/contracts/prometheus-alerts';
import { services } from '@landfall/contracts/services';
import { settingsOf } from '@landfall/service-kit/config';
import { createLogger } from '@landfall/service-kit/log';
import { Metrics } from '@landfall/service-kit/metrics';
import { repositoryRoot } from './bundles.ts';
import { readConfigSchemas } from './config-schemas.ts';
import { incidentsDocument } from './incidents-document.ts';

const pages = incidentGroups.flatMap((group) => group.pages);

/** Programs on the operator's machine, and metrics of the cluster or the kernel. */
const PROGRAMS =
  /^(curl|docker|docker compose|journalctl|kubectl|openssl|psql|systemctl|vmstat) |^(chrony|psql)$/;
const OF_KUBERNETES = new Set(['container_cpu_cfs_throttled_periods_total']);
/** Commands of `landfall` that are not procedures. */
const SPECIAL = new Set(['landfall', 'landfall doctor']);

const known = await readKnown();

test('every alert has an incident page, and every page has an alert', () => {
  const alerts = [...Object.keys(alertRules), ...Object.keys(prometheusAlerts)];
  expect(pages.map(({ alert }) => alert).toSorted()).toEqual(alerts.toSorted());
  expect(new Set(pages.map(({ anchor }) => anchor)).size).toBe(alerts.length);
});

test.each(pages.map((page) => [page.alert, page] as const))(
  '%s has an effect, a cause, a check and a fix, and names only what exists',
  (alert, { effect, causes }) => {
    expect(causes.length).toBeGreaterThan(0);
    for (const text of [effect, ...causes.flat()]) {
      expect(text, alert).toMatch(/^(landing|webhook-ingest|[\p{Lu}`]).*[.`]$/u);
      for (const [, code = ''] of text.matchAll(/`([^`]+)`/g)) {
        expect(problemOf(code), code).toBeUndefined();
      }
    }
  },
);

test('every command and name on the page around the incidents exists', () => {
  for (const [, code = ''] of incidentsDocument().matchAll(/`([^`]+)`/g)) {
    if (!/^packages\/|^node /.test(code)) expect(problemOf(code), code).toBeUndefined();
  }
});

test('a command, an option, a value, a procedure or a setting that does not exist is noticed', () => {
  const wrong = [
    'landfall parked-tasks retry',
    'landfall parked-tasks list --publsher x',
    'landfall deliveries list --state gone',
    'landfall usage records <subscription-id>',
    'landfall parked-tasks replay --dry-run',
    'landfall deliveries replay --destination-id <id>',
    'landfall incidents settle <incident-id> --reason "<reason>"',
    'parkedTasks.retry',
    'landfall_tasks_late',
    'TRUSTED_PROXY',
    'loop: rely',
    'a sentence that no log has',
  ];
  for (const code of wrong) expect(problemOf(code), code).toBeDefined();
});

/** Why a text in backquotes names nothing that exists; undefined if it exists. */
function problemOf(code: string): string | undefined {
  if (code.startsWith('landfall ') || code === 'landfall') return commandProblem(code);
  if (/^(select|show|alter) /.test(code)) return undefined;
  if (PROGRAMS.test(code)) return undefined;
  if (/^landfall_\w+$/.test(code)) {
    return known.metrics.has(code.replace(/_(count|bucket)$/, '')) ? undefined : 'no such metric';
  }
  if (/^(process|nodejs|container)_\w+$/.test(code)) {
    const isServed = known.served.includes(`# TYPE ${code.replace(/_sum$/, '')} `);
    return isServed || OF_KUBERNETES.has(code) ? undefined : 'no such metric';
  }
  if (/^[A-Z][A-Z0-9_]+(=.*)?$/.test(code)) {
    return known.settings.has(code.replace(/=.*/, '')) ? undefined : 'no such setting';
  }
  if (/^[a-z]+[A-Za-z]*\.[a-zA-Z-]+$/.test(code)) {
    return known.dotted.has(code) || known.source.includes(`'${code}'`)
      ? undefined
      : 'no such name';
  }
  if (code.startsWith('loop: ')) {
    return known.source.includes(`name: '${code.slice(6)}'`) ? undefined : 'no such loop';
  }
  return known.source.includes(code) ? undefined : 'in no source file';
}

/**
 * Checks a command of `landfall` as the command line does: noun, verb, arguments, options, their values, and what must be given.
 * A command that only changes something may be named without its arguments.
 */
function commandProblem(code: string): string | undefined {
  if (SPECIAL.has(code)) return undefined;
  const [, noun = '', verb = '', ...words] = code.match(/"[^"]*"|\S+/g) ?? [];
  const spec = (publicProcedures as Procedures)[camel(noun)]?.[camel(verb)];
  if (!spec) return 'no such command';
  const shape = (spec.input as unknown as { shape: Record<string, z.ZodType> }).shape;
  const given: Record<string, unknown> = {};
  const inPath = [...restRoute(camel(noun), camel(verb), spec).inPath];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const isOption = word.startsWith('--');
    const name = isOption ? camel(word.slice(2)) : (inPath.shift() ?? 'no argument');
    const field = shape[name] ?? shape[`${name}s`];
    if (!field || (isOption && inPath.includes(name))) return `${word} is not known`;
    const isFlag = isOption && field.safeParse(true).success;
    const value = isFlag ? true : isOption ? words[(index += 1)] : word;
    const accepted = valuesLike(value).find((like) => field.safeParse(like).success);
    if (accepted === undefined) return `${word} cannot be ${String(value)}`;
    given[shape[name] ? name : `${name}s`] = accepted;
  }
  if (words.length === 0 && spec.kind === 'command') return undefined;
  const { error } = spec.input.safeParse(given);
  return error?.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).join(', ');
}

/** What a word of a command can stand for. `<id>` stands for an id, a number, a time or a name. */
function valuesLike(value: string | true | undefined): readonly unknown[] {
  if (value === undefined) return [];
  if (value === true || !/^[<"]/.test(value))
    return /^\d+[smhd]$/.test(String(value)) ? [AN_HOUR] : [value];
  return [[1], 1, [ID], ID, AN_HOUR, 'x'];
}

const ID = '11111111-1111-4111-8111-111111111111';
const AN_HOUR = '2026-11-30T07:00:00.000Z';

function camel(name: string): string {
  return name.replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());
}

async function readKnown() {
  const schemas = await readConfigSchemas();
  const settings = Object.values(schemas).flatMap((schema) => settingsOf(schema));
  const files = ['services', 'packages'].flatMap((folder) =>
    globSync(`${folder}/*/src/**/*.ts`, { cwd: repositoryRoot }),
  );
  const doctor = readFileSync(path.join(repositoryRoot, 'docs/doctor.md'), 'utf8');
  return {
    metrics: new Set<string>(Object.values(metrics).map(({ name }) => name)),
    served: await new Metrics({
      log: createLogger('test', 'silent'),
      now: () => new Date(),
    }).render(),
    settings: new Set(['NODE_OPTIONS', ...settings.map(({ name }) => name)]),
    dotted: new Set([
      ...Object.entries(publicProcedures as Procedures).flatMap(([noun, specs]) =>
        Object.keys(specs).map((verb) => `${noun}.${verb}`),
      ),
      ...[...doctor.matchAll(/^\| `([a-z.-]+)`/gm)].map(([, check = '']) => check),
    ]),
    source: [
      ...services.map(({ name }) => name),
      ...Object.values(prometheusAlerts).map(({ expr }) => expr),
      ...files
        .filter((file) => !file.includes('/incidents/'))
        .map((file) => readFileSync(path.join(repositoryRoot, file), 'utf8')),
    ].join('\n'),
  };
}
