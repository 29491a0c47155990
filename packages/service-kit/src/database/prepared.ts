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

/** Names by text. The texts are constants of the code, so that there are few. */
const names = new Map<string, string>();

/** Declares a prepared statement, once, for the whole process. Another text needs another name. */
export function prepare(name: string, text: string): PreparedStatement {
  names.set(text, name);
  return { name, text };
}

/** Runs a prepared statement. Rows have the names that the text gives them. */
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
