import { CompiledQuery, type QueryResult } from 'kysely';

/** A statement with a fixed text. PostgreSQL parses and plans it once for each connection. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/** A database or a transaction. */
export interface Executor {
  executeQuery<Row>(query: CompiledQuery<Row>): Promise<QueryResult<Row>>;
}

/** The name of each text. Texts are constants in the code, so the map stays small. */
const names = new Map<string, string>();

/** Declares a prepared statement for the whole process. Each text needs a name of its own. */
export function prepare(name: string, text: string): PreparedStatement {
  names.set(text, name);
  return { name, text };
}

/** Runs a prepared statement. The columns of the rows have the names that the text gives them. */
export async function runPrepared<Row>(
  on: Executor,
  { text }: PreparedStatement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  const { rows } = await on.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
  return rows;
}

/** The name of a prepared statement; undefined for any other text. */
export function nameOfPrepared(text: string): string | undefined {
  return names.get(text);
}
