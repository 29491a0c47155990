import { Link, useNavigate, type LinkProps } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import type { Paged } from '../api/paged.ts';
import { t } from '../words/words.ts';
import { Button } from './button.tsx';
import { ColumnsMenu, useColumns, type Column } from './columns.tsx';
import { Icon } from './icon.tsx';
import { ErrorState } from './states.tsx';
import { useTableKeys } from './table-keys.ts';
import { InTable } from './time.tsx';

interface DataTableProps<Row> {
  /** Names the table in the browser's memory of chosen columns. */
  readonly name: string;
  readonly label: string;
  /** The first column names the row, and carries its link. */
  readonly columns: readonly Column<Row>[];
  readonly pages: Paged<Row>;
  readonly rowKey: (row: Row) => string;
  readonly rowLink?: (row: Row) => LinkProps;
  readonly empty: ReactNode;
  /** The order now, as the API names it. */
  readonly sort?: string | undefined;
  readonly onSort?: (sort: string) => void;
  /** Keys that act on the row with the focus, such as `e` for closing a matter. */
  readonly rowKeys?: Readonly<Record<string, (row: Row) => void>>;
  /** At the end of each row: a menu or a button. */
  readonly rowActions?: (row: Row) => ReactNode;
  /** Exports all rows of the filters. Absent: the button exports those that are shown. */
  readonly onExport?: () => Promise<void>;
  /** Left of the buttons for columns and export: filters and views. */
  readonly toolbar?: ReactNode;
}

/** Above it only the rows around the window are in the document. */
const VIRTUAL_FROM = 60;
/** A row with one line of text. Taller ones are measured. */
const ROW_PX = 45;
const SKELETON_ROWS = 8;
/** The next page is read before the reader reaches the end. */
const AHEAD_ROWS = 10;

/**
 * A list of the API as a table: pages are read as the reader scrolls, long lists stay fast, columns can be chosen. `j` and `k` move
 * between rows, Enter and `o` open one. On narrow screens each row is a card.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, columns, pages, empty, toolbar, onExport } = props;
  const chosen = useColumns(name, columns);
  const isEmpty = !pages.isLoading && pages.rows.length === 0 && pages.error === undefined;
  return (
    <div className="table-frame" data-stale={pages.isStale || undefined}>
      <div className="toolbar">
        <div className="toolbar-start">{toolbar}</div>
        <div className="toolbar-end">
          <ColumnsMenu
            columns={columns}
            chosen={chosen}
            rows={pages.rows}
            name={name}
            onExport={onExport}
          />
        </div>
      </div>
      {pages.error !== undefined && <ErrorState error={pages.error} onRetry={pages.retry} />}
      {isEmpty ? (
        <div className="card">{empty}</div>
      ) : (
        (pages.rows.length > 0 || pages.isLoading) && (
          <TableBody {...props} columns={chosen.shown} />
        )
      )}
    </div>
  );
}

function TableBody<Row>(props: DataTableProps<Row>) {
  const { label, columns, pages, rowKey, rowActions } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const { rows } = pages;
  const window = useRowWindow(rows, body, rowKey);
  useLoadAhead(pages, window.last);
  useTableKeys(props, body, window.reveal);
  const hasActions = rowActions !== undefined;
  return (
    <>
      <table
        className="table"
        role="table"
        aria-label={label}
        aria-rowcount={pages.hasMore ? -1 : rows.length + 1}
        aria-busy={pages.isLoading}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={{ width: `${(column.width ?? 1) * 10}%` }} />
          ))}
          {hasActions && <col className="col-actions" />}
        </colgroup>
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} {...props} />
            ))}
            {hasActions && (
              <th role="columnheader">
                <span className="visually-hidden">{t('parts.moreActions')}</span>
              </th>
            )}
          </tr>
        </thead>
        <InTable value={true}>
          <tbody role="rowgroup" ref={body}>
            {pages.isLoading && <SkeletonRows columns={columns.length + (hasActions ? 1 : 0)} />}
            <Spacer height={window.before} />
            {window.items.map(({ row, index }) => (
              <BodyRow
                key={rowKey(row)}
                row={row}
                index={index}
                measure={window.measure}
                {...props}
              />
            ))}
            <Spacer height={window.after} />
          </tbody>
        </InTable>
      </table>
      <TableFoot pages={pages} />
    </>
  );
}

function HeadCell<Row>({
  column,
  sort,
  onSort,
}: { readonly column: Column<Row> } & Pick<DataTableProps<Row>, 'sort' | 'onSort'>) {
  const { header, align, sort: by } = column;
  const isSorted = by !== undefined && by === sort;
  return (
    <th
      role="columnheader"
      className={align === 'end' ? 'end' : undefined}
      {...(isSorted ? { 'aria-sort': 'ascending' as const } : {})}
    >
      {by !== undefined && onSort ? (
        <button
          type="button"
          className="sort"
          data-hint={t('parts.sortedBy', { column: header })}
          onClick={() => onSort(by)}
        >
          {header}
          {isSorted && <Icon name="down" size={12} />}
        </button>
      ) : (
        header
      )}
    </th>
  );
}

function BodyRow<Row>({
  row,
  index,
  measure,
  columns,
  rowLink,
  rowActions,
}: {
  readonly row: Row;
  readonly index: number;
  readonly measure: ((element: Element | null) => void) | undefined;
} & DataTableProps<Row>) {
  const navigate = useNavigate();
  const link = rowLink?.(row);
  return (
    <tr
      role="row"
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className={link ? 'row-link' : undefined}
      onClick={(event) => {
        if (link && isOnRow(event.target)) void navigate(link as never);
      }}
    >
      {columns.map((column, place) => {
        const className = [
          column.align === 'end' ? 'end' : '',
          place === 0 ? 'cell-name' : '',
        ].join(' ');
        return (
          <td
            key={column.id}
            role={place === 0 ? 'rowheader' : 'cell'}
            data-label={column.header}
            className={className.trim() || undefined}
          >
            {place === 0 && link ? (
              <Link {...link} className="row-name" data-row={index}>
                {column.cell(row)}
              </Link>
            ) : place === 0 ? (
              <span className="row-name" tabIndex={-1} data-row={index}>
                {column.cell(row)}
              </span>
            ) : (
              column.cell(row)
            )}
          </td>
        );
      })}
      {rowActions && (
        <td role="cell" className="cell-actions">
          {rowActions(row)}
        </td>
      )}
    </tr>
  );
}

/** A click on a button or link in a row is meant for it, and selected text is being copied. */
function isOnRow(target: EventTarget): boolean {
  const isControl = target instanceof Element && target.closest('a, button, input, label, code');
  return !isControl && String(globalThis.getSelection()) === '';
}

function SkeletonRows({ columns }: { readonly columns: number }) {
  return Array.from({ length: SKELETON_ROWS }, (_, row) => (
    <tr key={row} role="row" aria-hidden="true" className="skeleton-row">
      {Array.from({ length: columns }, (_, column) => (
        <td key={column} role="cell">
          <span className="skeleton-line" />
        </td>
      ))}
    </tr>
  ));
}

function Spacer({ height }: { readonly height: number }) {
  if (height === 0) return null;
  return (
    <tr aria-hidden="true" role="presentation" className="spacer">
      <td style={{ height }} />
    </tr>
  );
}

function TableFoot<Row>({ pages }: { readonly pages: Paged<Row> }) {
  if (pages.isLoading) return null;
  return (
    <div className="table-foot" aria-live="polite">
      {pages.hasMore ? (
        <Button isSmall look="quiet" isPending={pages.isLoadingMore} onPress={pages.loadMore}>
          {pages.isLoadingMore ? t('parts.loadingMore') : t('parts.loadMore')}
        </Button>
      ) : (
        <span className="muted">{t('parts.allShown', { count: pages.rows.length })}</span>
      )}
    </div>
  );
}

/** The rows that are in the document: all of a short list, and those around the window of a long one. */
function useRowWindow<Row>(
  rows: readonly Row[],
  body: { readonly current: HTMLElement | null },
  rowKey: (row: Row) => string,
) {
  const [top, setTop] = useState(0);
  const isVirtual = rows.length >= VIRTUAL_FROM;
  useLayoutEffect(() => {
    if (body.current) setTop(body.current.getBoundingClientRect().top + globalThis.scrollY);
  }, [body, isVirtual]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: top,
    enabled: isVirtual,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
  });
  if (!isVirtual) {
    return {
      items: rows.map((row, index) => ({ row, index })),
      before: 0,
      after: 0,
      last: rows.length,
      measure: undefined,
      reveal: () => {},
    };
  }
  const shown = virtual.getVirtualItems();
  const [first] = shown;
  const last = shown.at(-1);
  return {
    items: shown.flatMap(({ index }) => {
      const row = rows[index];
      return row === undefined ? [] : [{ row, index }];
    }),
    before: first ? first.start - top : 0,
    after: last ? virtual.getTotalSize() - (last.end - top) : 0,
    last: last?.index ?? 0,
    measure: virtual.measureElement,
    reveal: (index: number) => virtual.scrollToIndex(index),
  };
}

function useLoadAhead<Row>(pages: Paged<Row>, lastShown: number): void {
  const { rows, hasMore, isLoadingMore } = pages;
  // A short first page is followed by a button: nobody has scrolled yet.
  const isNear = rows.length >= VIRTUAL_FROM && lastShown >= rows.length - AHEAD_ROWS;
  useEffect(() => {
    if (isNear && hasMore && !isLoadingMore) pages.loadMore();
  });
}
