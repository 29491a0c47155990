import { sql, type RawBuilder, type Transaction } from 'kysely';
import type {
  FoundMatter,
  matterKinds,
  MatterKind,
  MatterSeverity,
  MatterSubject,
} from '@landfall/contracts/matters';
import type { ServiceName } from '@landfall/contracts/services';

/** What a finder returns; the kind is known. */
export type Found = Omit<FoundMatter, 'kind'>;

/** The kinds that a service finds. */
export type MatterKindOf<Service extends ServiceName> = {
  [Kind in MatterKind]: (typeof matterKinds)[Kind]['owner'] extends infer Owner
    ? Owner extends Service | 'every'
      ? Kind
      : never
    : never;
}[MatterKind];

/** Finds everything of one kind that needs a person now. */
export interface MatterFinder<DB, Kind extends MatterKind = MatterKind> {
  readonly kind: Kind;
  /**
   * At most `limit` matters for each publisher: the oldest by `since`, or the newest if only a person closes this kind.
   * Runs every few seconds, so its statement must read an index with little more than what it returns. If it throws, the
   * matters of its kind stay as they are.
   */
  find(trx: Transaction<DB>, limit: number): Promise<readonly Found[]>;
  /**
   * A matter closes when no process has found it for this long. For what each process finds about itself. Absent: at once.
   */
  readonly closesAfterMs?: number | undefined;
}

/** A row of a statement that finds matters. Columns that a statement does not have are absent. */
export interface FoundRow {
  readonly key: string;
  readonly subjectId: string;
  readonly publisherId?: string | null;
  readonly offerId?: string | null;
  readonly subscriptionId?: string | null;
  readonly since: Date;
  readonly dueAt?: Date | null;
  /** Values of the texts. */
  readonly params: Readonly<Record<string, string | number | null>>;
}

export interface Finding {
  readonly about: MatterSubject;
  readonly severity: MatterSeverity | ((row: FoundRow) => MatterSeverity);
  /** Matters of a kind that only a person closes: the newest are kept, not the oldest. */
  readonly isNewestFirst?: true;
  readonly limit: number;
}

/** Longer texts, such as an error, are cut: they are words of a sentence. */
const MAX_PARAM = 300;

/**
 * Runs a statement that finds matters, and keeps `limit` of each publisher. Its columns are those of {@link FoundRow}; key,
 * publisher_id and since are a must.
 */
export async function found<DB>(
  trx: Transaction<DB>,
  statement: RawBuilder<unknown>,
  { about, severity, isNewestFirst, limit }: Finding,
): Promise<readonly Found[]> {
  const order = isNewestFirst ? sql`since desc` : sql`since`;
  const { rows } = await sql<FoundRow>`
    select * from (
      select *, row_number() over (partition by publisher_id order by ${order}, key) as place
      from (${statement}) as all_found) as ranked
    where place <= ${limit}
  `.execute(trx);
  return rows.map((row) => ({
    key: row.key,
    subject: { type: about, id: row.subjectId },
    publisherId: row.publisherId ?? undefined,
    offerId: row.offerId ?? undefined,
    subscriptionId: row.subscriptionId ?? undefined,
    severity: typeof severity === 'function' ? severity(row) : severity,
    params: paramsOf(row.params),
    since: row.since.toISOString(),
    dueAt: row.dueAt?.toISOString(),
  }));
}

/** A value that is missing is an empty text, so that the sentence can still be said. */
function paramsOf(params: FoundRow['params']): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : (value ?? '').slice(0, MAX_PARAM),
    ]),
  );
}
