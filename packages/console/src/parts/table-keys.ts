import { useNavigate, type LinkProps } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { isTyping } from '../app/keyboard.ts';

interface KeyedTable<Row> {
  readonly pages: { readonly rows: readonly Row[] };
  readonly rowLink?: (row: Row) => LinkProps;
  readonly rowKeys?: Readonly<Record<string, (row: Row) => void>>;
}

/** `j` and `k` move the focus between rows, `o` opens one, and keys of the page act on it. */
export function useTableKeys<Row>(
  table: KeyedTable<Row>,
  body: { readonly current: HTMLElement | null },
  reveal: (index: number) => void,
): void {
  const navigate = useNavigate();
  const latest = useRef({ table, reveal });
  latest.current = { table, reveal };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || event.metaKey || event.ctrlKey || event.altKey) return;
      const { table, reveal } = latest.current;
      const { rows } = table.pages;
      const index = focusedRow(body.current);
      const move = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (move !== 0) {
        const next = index === undefined ? 0 : Math.min(Math.max(index + move, 0), rows.length - 1);
        event.preventDefault();
        focusRow(body.current, next, reveal);
        return;
      }
      const row = index === undefined ? undefined : rows[index];
      if (row === undefined) return;
      if (event.key === 'o' && table.rowLink) void navigate(table.rowLink(row) as never);
      const act = table.rowKeys?.[event.key];
      if (act) {
        event.preventDefault();
        act(row);
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [body, navigate]);
}

function focusedRow(body: HTMLElement | null): number | undefined {
  const row = document.activeElement?.closest<HTMLElement>('tr[data-index]');
  return row && body?.contains(row) ? Number(row.dataset['index']) : undefined;
}

function focusRow(body: HTMLElement | null, index: number, reveal: (index: number) => void): void {
  const find = () => body?.querySelector<HTMLElement>(`[data-row="${index}"]`);
  const shown = find();
  if (shown) {
    shown.focus();
    shown.scrollIntoView({ block: 'nearest' });
    return;
  }
  reveal(index);
  requestAnimationFrame(() => find()?.focus());
}
