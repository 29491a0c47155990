import type { Terminal } from '../terminal.ts';
import { showCell, width } from './values.ts';

/** Between two columns. */
const GAP = 2;
/** Below this a cell says nothing. */
const MIN_CELL = 8;
/** Ids are 36 characters long; longer texts may be cut. */
const WANTED_CELL = 40;

export interface Column {
  readonly title: string;
  /** Where the value stands in a row: `term.endDate`. */
  readonly path: string;
}

/**
 * Lines of a table. The columns stand in the order of their importance: those that do not fit into the terminal's width
 * are left out from the end, and cells are cut.
 */
export function tableLines(
  rows: readonly object[],
  columns: readonly Column[],
  terminal: Pick<Terminal, 'width' | 'style'>,
): string[] {
  const filled = columns.filter(({ path }) => rows.some((row) => showCell(at(row, path)) !== ''));
  const cells = filled.map(({ title, path }) => ({
    title,
    values: rows.map((row) => showCell(at(row, path))),
    isNumeric: rows.every((row) => ['number', 'undefined'].includes(typeof at(row, path))),
  }));
  const natural = cells.map(({ title, values }) =>
    Math.max(width(title), ...values.map((value) => width(value))),
  );
  const widths = fit(natural, terminal.width);
  const line = (texts: readonly string[]) =>
    widths
      .map((size, index) => padded(texts[index] ?? '', size, cells[index]?.isNumeric === true))
      .join(' '.repeat(GAP))
      .trimEnd();
  return [
    terminal.style('bold', line(cells.map(({ title }) => title))),
    ...rows.map((_row, index) => line(cells.map(({ values }) => values[index] ?? ''))),
  ];
}

/** The widths of the columns that are shown. Wide columns give way first. */
function fit(natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, size) => sum + size + GAP, -GAP);
  while (total() > available) {
    const widest = Math.max(...widths);
    if (widest > WANTED_CELL) widths[widths.lastIndexOf(widest)] = WANTED_CELL;
    else if (widths.length > 1) widths.pop();
    else return [Math.max(MIN_CELL, available)];
  }
  return widths;
}

function padded(content: string, size: number, isNumeric: boolean): string {
  const cut = width(content) > size ? `${cutTo(content, size - 1)}…` : content;
  const space = ' '.repeat(Math.max(0, size - width(cut)));
  return isNumeric ? space + cut : cut + space;
}

/** The beginning of a text that takes at most so many columns. */
function cutTo(content: string, size: number): string {
  let kept = '';
  for (const character of content) {
    if (width(kept + character) > size) break;
    kept += character;
  }
  return kept;
}

function at(row: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => new Map(Object.entries(value ?? {})).get(key), row);
}
