import { ExportError, readCsv, type Row } from './csv.ts';

/** The tables of the accelerator that are read. */
export const tableNames = [
  'Subscriptions',
  'Plans',
  'Offers',
  'OfferAttributes',
  'PlanAttributeMapping',
  'SubscriptionAttributeValues',
  'Users',
  'SubscriptionAuditLogs',
  'KnownUsers',
  'MeteredAuditLogs',
  'MeteredPlanSchedulerManagement',
] as const;

export type TableName = (typeof tableNames)[number];
export type Tables = ReadonlyMap<TableName, readonly Row[]>;

/** File names such as `Subscriptions.csv` or `dbo.Subscriptions.json`. Undefined for any other file. */
export function tableOf(fileName: string): TableName | undefined {
  const [, table] = /^(?:dbo\.)?(\w+)\.(?:csv|json)$/i.exec(fileName) ?? [];
  return tableNames.find((name) => name.toLowerCase() === table?.toLowerCase());
}

export function readTable(fileName: string, content: string): readonly Row[] {
  const text = content.replace(/^\uFEFF/, '');
  return fileName.toLowerCase().endsWith('.json')
    ? readJson(fileName, text)
    : readCsv(fileName, text);
}

/** The value of a column; undefined for NULL, which exports write as nothing or as the word. */
export function valueOf(row: Row, column: string): string | undefined {
  const value = row.get(column.toLowerCase())?.trim();
  return value === undefined || value === '' || value.toUpperCase() === 'NULL' ? undefined : value;
}

function readJson(fileName: string, text: string): readonly Row[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause: unknown) {
    throw new ExportError(`${fileName} is not valid JSON. Export the table again.`, { cause });
  }
  if (!Array.isArray(parsed)) {
    throw new ExportError(`${fileName} must hold an array of rows, as "FOR JSON PATH" writes it.`);
  }
  return parsed.map((row: unknown) => {
    const fields = Object.entries(typeof row === 'object' && row !== null ? row : {});
    return new Map(fields.map(([name, value]) => [name.toLowerCase(), textOf(value)]));
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
