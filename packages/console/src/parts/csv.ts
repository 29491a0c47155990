/** A column of a table, as far as a CSV file needs it. */
interface CsvColumn<Row> {
  readonly header: string;
  readonly csv?: ((row: Row) => string) | undefined;
}

/** Offers rows as a CSV file: of each column that has a text for it. */
export function saveCsv<Row>(
  name: string,
  columns: readonly CsvColumn<Row>[],
  rows: readonly Row[],
): void {
  const wanted = columns.flatMap(({ header, csv }) => (csv ? [{ header, csv }] : []));
  const lines = [
    wanted.map(({ header }) => header),
    ...rows.map((row) => wanted.map(({ csv }) => csv(row))),
  ];
  saveFile(
    `${name}.csv`,
    'text/csv',
    lines.map((line) => line.map(csvField).join(',')).join('\r\n'),
  );
}

/** As in RFC 4180. A leading apostrophe keeps spreadsheets from running a text as a formula. */
export function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Offers a text to the person as a download. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
