import type { Terminal } from '../terminal.ts';
import { tableLines } from './table.ts';
import { showCell, width, words } from './values.ts';

/** Lines for one thing: a field a line, objects and lists of objects indented below their name. */
export function recordLines(value: object, terminal: Pick<Terminal, 'width' | 'style'>): string[] {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const simple = fields.filter(([, field]) => !isNested(field));
  const size = Math.max(0, ...simple.map(([name]) => width(words(name)))) + 2;
  const lines: string[] = [];
  for (const [name, field] of fields) {
    const title = words(name);
    const label = terminal.style('bold', title);
    if (!isNested(field)) {
      lines.push(`${label}${' '.repeat(size - width(title))}${showCell(field) || '–'}`);
      continue;
    }
    const inner = Array.isArray(field)
      ? listLines(field as readonly object[], indented(terminal))
      : recordLines(field, indented(terminal));
    if (inner.length > 0) lines.push(label, ...inner.map((line) => `  ${line}`));
  }
  return lines;
}

function listLines(
  items: readonly object[],
  terminal: Pick<Terminal, 'width' | 'style'>,
): string[] {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))];
  const columns = names.map((name) => ({ title: words(name), path: name }));
  return items.length === 0 ? [] : tableLines(items, columns, terminal);
}

function indented(terminal: Pick<Terminal, 'width' | 'style'>) {
  return { width: terminal.width - 2, style: terminal.style };
}

/** A list of texts fits into a line; an object, or a list of objects, does not. */
function isNested(value: unknown): value is object {
  if (Array.isArray(value)) return value.length > 0 && typeof value[0] === 'object';
  return typeof value === 'object' && value !== null;
}
