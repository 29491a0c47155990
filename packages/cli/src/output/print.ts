import type { GlobalOptions } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { columnsFor, hintFor } from './columns.ts';
import { recordLines } from './record.ts';
import { tableLines } from './table.ts';

/** The form in which an answer is printed. */
export type Form = Pick<GlobalOptions, 'json' | 'jsonl'>;

/** Prints one thing. */
export async function printRecord(value: unknown, form: Form, terminal: Terminal): Promise<void> {
  if (form.jsonl) return await terminal.print(JSON.stringify(value));
  if (form.json || typeof value !== 'object' || value === null) {
    return await terminal.print(JSON.stringify(value, undefined, 2));
  }
  for (const line of recordLines(value, terminal)) await terminal.print(line);
}

/** Prints a list. For programs, items are printed as they arrive. */
export async function printList(
  pages: AsyncIterable<readonly object[]>,
  list: { readonly name: string; readonly fields: readonly string[] | undefined },
  { form, terminal }: { readonly form: Form; readonly terminal: Terminal },
): Promise<void> {
  if (form.jsonl) {
    for await (const page of pages)
      for (const item of page) await terminal.print(JSON.stringify(item));
    return;
  }
  if (form.json) return await printArray(pages, terminal);
  const rows: object[] = [];
  for await (const page of pages) rows.push(...page);
  if (rows.length === 0) {
    const hint = hintFor(list.name);
    return terminal.note(`Nothing found.${hint === undefined ? '' : ` ${hint}`}`);
  }
  for (const line of tableLines(rows, columnsFor(list.name, list.fields), terminal)) {
    await terminal.print(line);
  }
}

async function printArray(
  pages: AsyncIterable<readonly object[]>,
  terminal: Terminal,
): Promise<void> {
  let last: string | undefined;
  for await (const page of pages) {
    for (const item of page) {
      await terminal.print(last === undefined ? '[' : `${last},`);
      last = `  ${JSON.stringify(item, undefined, 2).replaceAll('\n', '\n  ')}`;
    }
  }
  await terminal.print(last === undefined ? '[]' : `${last}\n]`);
}
