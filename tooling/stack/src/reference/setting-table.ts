import { retention } from '@landfall/contracts/retention';
import { services } from '@landfall/contracts/services';
import { readConfigSchemas } from '@landfall/deploy/config-schemas';
import { settingsOf, type Setting } from '@landfall/service-kit/config';
import { code, table } from './markdown.ts';

const retentionSettings: ReadonlySet<string> = new Set(
  Object.values(retention).flatMap(({ rules }) => rules.flatMap(({ setting }) => setting ?? [])),
);

interface Row extends Setting {
  readonly takenBy: string[];
}

/**
 * The environment variables of the services, except those in the retention table. A variable with
 * the same meaning in several services has one row.
 */
export async function settingTable(): Promise<string> {
  const schemas = await readConfigSchemas();
  const rows = new Map<string, Row>();
  for (const { name: service } of services) {
    for (const setting of settingsOf(schemas[service])) {
      if (retentionSettings.has(setting.name)) continue;
      const key = JSON.stringify([setting.name, setting.need, setting.purpose]);
      const row = rows.get(key) ?? { ...setting, takenBy: [] };
      row.takenBy.push(service);
      rows.set(key, row);
    }
  }
  return table(
    ['Variable', 'Service', 'Default', 'Purpose'],
    [...rows.values()]
      .toSorted((one, other) => other.takenBy.length - one.takenBy.length)
      .map((row) => [code(row.name), serviceNames(row), defaultText(row), row.purpose ?? '']),
  );
}

function serviceNames({ takenBy }: Row): string {
  return takenBy.length === services.length ? 'every service' : takenBy.join(', ');
}

function defaultText({ need }: Setting): string {
  if (need === 'optional') return '—';
  return need === 'required' ? 'none, must be set' : code(need.default);
}
