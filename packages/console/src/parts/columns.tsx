import { useState, type ReactNode } from 'react';
import { t } from '../words/words.ts';
import { Button } from './button.tsx';
import { saveCsv } from './csv.ts';
import { Menu } from './menu.tsx';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Share of the width; 1 unless given. */
  readonly width?: number;
  readonly align?: 'end';
  /** The API sorts by it: the value of its `sort`. */
  readonly sort?: string;
  /** Not shown until the person chooses it. */
  readonly isHidden?: boolean;
  /** The text of the cell in a CSV export. Without it the column is left out. */
  readonly csv?: (row: Row) => string;
}

interface ChosenColumns<Row> {
  readonly shown: readonly Column<Row>[];
  toggle(id: string): void;
}

/** Which columns a table shows; the browser remembers what the person chose. The first one always stays. */
export function useColumns<Row>(name: string, columns: readonly Column<Row>[]): ChosenColumns<Row> {
  const memory = `landfall.columns.${name}`;
  const [changed, setChanged] = useState<readonly string[]>(() => readList(memory));
  const isShown = (column: Column<Row>, index: number) =>
    index === 0 || Boolean(column.isHidden) === changed.includes(column.id);
  return {
    shown: columns.filter(isShown),
    toggle(id) {
      const next = changed.includes(id) ? changed.filter((one) => one !== id) : [...changed, id];
      localStorage.setItem(memory, JSON.stringify(next));
      setChanged(next);
    },
  };
}

/** The menu that chooses columns, and the export of what is shown. */
export function ColumnsMenu<Row>({
  name,
  columns,
  chosen,
  rows,
  onExport,
}: {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly chosen: ChosenColumns<Row>;
  readonly rows: readonly Row[];
  readonly onExport?: (() => Promise<void>) | undefined;
}) {
  const [isExporting, setExporting] = useState(false);
  const canExport = columns.some(({ csv }) => csv) && rows.length > 0;
  return (
    <>
      {canExport && (
        <Button
          look="quiet"
          isSmall
          icon="download"
          isPending={isExporting}
          onPress={() => {
            if (!onExport) return saveCsv(name, chosen.shown, rows);
            setExporting(true);
            void onExport().finally(() => setExporting(false));
          }}
        >
          {t('parts.export')}
        </Button>
      )}
      <Menu
        label={t('parts.columns')}
        keepsOpen
        groups={[
          {
            entries: columns.slice(1).map(({ id, header }) => ({
              id,
              label: header,
              isSelected: chosen.shown.some((column) => column.id === id),
              run: () => chosen.toggle(id),
            })),
          },
        ]}
      >
        <Button look="quiet" isSmall icon="columns">
          {t('parts.columns')}
        </Button>
      </Menu>
    </>
  );
}

function readList(memory: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(memory) ?? '[]');
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}
