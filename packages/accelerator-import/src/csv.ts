/** A row of an exported table. Column names are in lower case, because tools export them in different spellings. */
export type Row = ReadonlyMap<string, string>;

/** Thrown with a message for the person who made the export. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/** RFC 4180, with comma, semicolon or tab: spreadsheets and SQL tools of different countries write each of them. */
export function readCsv(fileName: string, text: string): readonly Row[] {
  const [firstLine = ''] = text.split('\n', 1);
  const separator = [';', '\t'].find((one) => firstLine.includes(one)) ?? ',';
  const [header, ...lines] = recordsOf(fileName, text, separator);
  if (!header) return [];
  const names = header.map((name) => name.trim().toLowerCase());
  return lines
    .filter((cells) => cells.some((cell) => cell !== ''))
    .map((cells, index) => {
      if (cells.length !== names.length) {
        throw new ExportError(
          `${fileName}: record ${index + 1} has ${cells.length} values for ${names.length} columns. Export the table again, with quotes around texts.`,
        );
      }
      return new Map(names.map((name, place) => [name, cells[place] ?? '']));
    });
}

function recordsOf(fileName: string, text: string, separator: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell === '') isQuoted = true;
    else if (char === separator) {
      record.push(cell);
      cell = '';
    } else if (char === '\n') {
      records.push([...record, cell.replace(/\r$/, '')]);
      record = [];
      cell = '';
    } else cell += char;
  }
  if (isQuoted)
    throw new ExportError(`${fileName} ends inside a quoted text. Export the table again.`);
  return cell === '' && record.length === 0 ? records : [...records, [...record, cell]];
}
