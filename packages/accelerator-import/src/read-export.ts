import type { z } from 'zod';
import { MAX_IMPORTED, type importProcedures } from '@landfall/contracts/import-procedures';
import { ExportError, type Row } from './csv.ts';
import { readTable, tableOf, valueOf, type TableName, type Tables } from './tables.ts';

export { ExportError } from './csv.ts';

/** The `source` of the imports. */
export const SOURCE = 'saas-accelerator';

export type ImportedSubscription = z.input<
  typeof importProcedures.imports.subscriptions.input
>['subscriptions'][number];

/** A file of the export: its name without folders, and its text. */
export interface ExportFile {
  readonly name: string;
  readonly content: string;
}

export interface AcceleratorExport {
  readonly subscriptions: readonly ImportedSubscription[];
  /** What is unclear in the export and was left out. */
  readonly warnings: readonly string[];
  /** Tables, or parts of them, that are not imported, and why. */
  readonly notTaken: readonly {
    readonly what: string;
    readonly rows: number;
    readonly why: string;
  }[];
  /** E-mail addresses of the accelerator's operators (KnownUsers), to invite as operators of Landfall. */
  readonly operators: readonly string[];
}

/** Entries of one subscription that `imports.subscriptions` takes. The latest ones are kept. */
const MAX_HISTORY = 500;
const MAX_TEXT = 500;
const MAX_ANSWER = 4000;

/**
 * Reads the exported tables of the accelerator's database. Columns and their meaning are those of
 * https://github.com/Azure/Commercial-Marketplace-SaaS-Accelerator/tree/main/src/DataAccess/Entities. Throws an
 * {@link ExportError} if the export cannot be used.
 */
export function readAcceleratorExport(files: readonly ExportFile[]): AcceleratorExport {
  const warnings: string[] = [];
  const tables = readTables(files, warnings);
  const rows = tables.get('Subscriptions');
  if (!rows) {
    throw new ExportError(
      'The export has no table Subscriptions. Export it as Subscriptions.csv or Subscriptions.json.',
    );
  }
  const read: Reading = {
    warnings,
    users: byColumn(tables.get('Users'), 'UserId'),
    logs: byColumn(tables.get('SubscriptionAuditLogs'), 'SubscriptionID'),
    values: byColumn(tables.get('SubscriptionAttributeValues'), 'SubscriptionId'),
    mappings: byColumn(tables.get('PlanAttributeMapping'), 'PlanAttributeId'),
    attributes: byColumn(tables.get('OfferAttributes'), 'ID'),
  };
  const bySubscription = new Map<string, ImportedSubscription>();
  for (const row of rows) {
    const subscription = subscriptionOf(read, row);
    if (!subscription) continue;
    if (bySubscription.has(subscription.subscriptionId)) {
      warnings.push(
        `Subscriptions: ${subscription.subscriptionId} appears twice; the last row was used.`,
      );
    }
    bySubscription.set(subscription.subscriptionId, subscription);
  }
  return {
    subscriptions: [...bySubscription.values()],
    warnings,
    notTaken: notTakenOf(tables),
    operators: operatorsOf(tables),
  };
}

/** Calls of `imports.subscriptions` take at most this many. */
export function batchesOf(
  subscriptions: readonly ImportedSubscription[],
): ImportedSubscription[][] {
  const count = Math.ceil(subscriptions.length / MAX_IMPORTED);
  return Array.from({ length: count }, (_, index) =>
    subscriptions.slice(index * MAX_IMPORTED, (index + 1) * MAX_IMPORTED),
  );
}

type Index = ReadonlyMap<string, readonly Row[]>;

interface Reading {
  readonly warnings: string[];
  readonly users: Index;
  readonly logs: Index;
  readonly values: Index;
  readonly mappings: Index;
  readonly attributes: Index;
}

/** Rows by the value of a column, in lower case. */
function byColumn(rows: readonly Row[] = [], column: string): Index {
  const index = new Map<string, Row[]>();
  for (const row of rows) {
    const key = valueOf(row, column)?.toLowerCase();
    if (key === undefined) continue;
    const same = index.get(key);
    if (same) same.push(row);
    else index.set(key, [row]);
  }
  return index;
}

/** The value that another table has for the row with this key. */
function looked(index: Index, key: string | undefined, column: string): string | undefined {
  const row = key === undefined ? undefined : index.get(key.toLowerCase())?.[0];
  return row && valueOf(row, column);
}

function readTables(files: readonly ExportFile[], warnings: string[]): Tables {
  const tables = new Map<TableName, readonly Row[]>();
  for (const { name, content } of files) {
    const table = tableOf(name);
    if (table === undefined)
      warnings.push(`${name} was left out, because it is not one of the tables that are imported.`);
    else if (tables.has(table))
      throw new ExportError(`The table ${table} appears twice. Remove one file.`);
    else tables.set(table, readTable(name, content));
  }
  return tables;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function subscriptionOf(read: Reading, row: Row): ImportedSubscription | undefined {
  const { users, warnings } = read;
  const subscriptionId = valueOf(row, 'AMPSubscriptionId')?.toLowerCase() ?? '';
  if (!GUID.test(subscriptionId)) {
    warnings.push(
      `Subscriptions: row ${valueOf(row, 'Id') ?? '?'} has no AMPSubscriptionId; it was left out.`,
    );
    return undefined;
  }
  const quantity = Number(valueOf(row, 'AMPQuantity') ?? 0);
  const emailId = looked(users, valueOf(row, 'UserId'), 'EmailAddress');
  const answers = answersOf(read, subscriptionId);
  return {
    subscriptionId,
    status: statusOf(valueOf(row, 'SubscriptionStatus')),
    planId: valueOf(row, 'AMPPlanId'),
    // 0 stands for a plan that is not sold per seat.
    ...(Number.isInteger(quantity) && quantity > 0 && { quantity }),
    ...(emailId !== undefined && { claimedBy: { emailId } }),
    ...(Object.keys(answers).length > 0 && { answers }),
    history: historyOf(read, valueOf(row, 'Id'), subscriptionId),
  };
}

/** The accelerator's own statuses between Microsoft's, in Microsoft's words. */
const STATUSES: Readonly<Record<string, string>> = {
  PendingActivation: 'PendingFulfillmentStart',
  ActivationFailed: 'PendingFulfillmentStart',
  PendingUnsubscribe: 'Subscribed',
  UnsubscribeFailed: 'Subscribed',
  Suspend: 'Suspended',
  UnRecognized: '',
};

function statusOf(status: string | undefined): string | undefined {
  if (status === undefined) return undefined;
  return (STATUSES[status] ?? status) || undefined;
}

/** `PlanAttributeId` leads over PlanAttributeMapping to OfferAttributes, whose ParameterId is the question. */
function answersOf(read: Reading, subscriptionId: string): Record<string, string> {
  const { values, mappings, attributes, warnings } = read;
  const answers: Record<string, string> = {};
  for (const row of values.get(subscriptionId) ?? []) {
    const value = valueOf(row, 'Value');
    if (value === undefined) continue;
    const attributeId = looked(mappings, valueOf(row, 'PlanAttributeId'), 'OfferAttributeID');
    const question = looked(attributes, attributeId, 'ParameterId');
    if (question === undefined) {
      warnings.push(
        `SubscriptionAttributeValues: an answer of ${subscriptionId} was left out, because its question is unknown. Export PlanAttributeMapping and OfferAttributes too.`,
      );
      continue;
    }
    answers[question.slice(0, 100)] = value.slice(0, MAX_ANSWER);
  }
  return answers;
}

function historyOf(
  { logs, warnings }: Reading,
  rowId: string | undefined,
  subscriptionId: string,
): { at: string; text: string }[] {
  const entries = (logs.get(rowId ?? '') ?? [])
    .flatMap((row) => {
      const at = timeOf(valueOf(row, 'CreateDate'));
      if (at === undefined) return [];
      const change = [valueOf(row, 'OldValue') ?? 'none', valueOf(row, 'NewValue') ?? 'none'];
      const text = `${valueOf(row, 'Attribute') ?? 'Change'}: ${change.join(' to ')}`;
      return [{ at, text: text.slice(0, MAX_TEXT) }];
    })
    .toSorted((one, other) => one.at.localeCompare(other.at));
  if (entries.length > MAX_HISTORY) {
    warnings.push(
      `SubscriptionAuditLogs: only the last ${MAX_HISTORY} entries of ${subscriptionId} are imported.`,
    );
  }
  return entries.slice(-MAX_HISTORY);
}

/** SQL Server's `2025-02-01 10:00:00.1234567` has no zone; the accelerator writes UTC on Azure. */
function timeOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, date, time] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)\d*Z?$/.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const at = new Date(`${date}T${time}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

const NOT_TAKEN: readonly (readonly [TableName, string])[] = [
  [
    'MeteredAuditLogs',
    'Microsoft already has the usage that the accelerator reported. Importing it would report it twice.',
  ],
  [
    'MeteredPlanSchedulerManagement',
    'Set the recurring quantities with recurring.put, and stop the scheduler of the accelerator first.',
  ],
  ['Offers', 'Landfall finds the offers through the subscriptions.'],
  ['Plans', "Landfall reads plans from Microsoft's catalogue."],
  ['Users', 'Only the address of the user of each subscription is taken over.'],
];

function notTakenOf(tables: Tables): AcceleratorExport['notTaken'] {
  return NOT_TAKEN.flatMap(([what, why]) => {
    const rows = tables.get(what)?.length ?? 0;
    return rows === 0 ? [] : [{ what, rows, why }];
  });
}

function operatorsOf(tables: Tables): string[] {
  const emails = (tables.get('KnownUsers') ?? []).map((row) =>
    valueOf(row, 'UserEmail')?.toLowerCase(),
  );
  return [...new Set(emails.filter((email) => email !== undefined))];
}
