import type { Db } from '../db/schema.ts';

const HOUR_MS = 60 * 60 * 1000;

export interface AuditEntry {
  readonly at: Date;
  readonly keyId: string;
  readonly publisherId: string | undefined;
  readonly procedure: string;
  readonly subject: string | undefined;
  readonly outcome: string;
  readonly correlationId: string;
}

/** A caller that is refused because of a mistake stops sooner, and more rows would show nothing new. */
const MAX_REFUSED_ROWS_PER_HOUR = 50;

/**
 * Records a call. For refused calls, a key gets a limited number of rows each hour. Further ones are only counted,
 * by procedure and outcome, so that no key can fill the table.
 */
export async function insertAudit(db: Db, entry: AuditEntry): Promise<void> {
  const isCounted = entry.outcome !== 'done' && (await hasUsedItsRows(db, entry));
  const hour = entry.at.toISOString().slice(0, 13);
  await db.kysely
    .insertInto('auditLog')
    .values({
      at: entry.at,
      keyId: entry.keyId,
      publisherId: entry.publisherId ?? null,
      procedure: entry.procedure,
      subject: isCounted ? null : (entry.subject ?? null),
      outcome: entry.outcome,
      correlationId: entry.correlationId,
      foldKey: isCounted ? [entry.keyId, entry.procedure, entry.outcome, hour].join('|') : null,
    })
    .onConflict((conflict) =>
      conflict
        .column('foldKey')
        .where('foldKey', 'is not', null)
        .doUpdateSet((eb) => ({ times: eb('auditLog.times', '+', 1) })),
    )
    .execute();
}

async function hasUsedItsRows(db: Db, { keyId, at }: AuditEntry): Promise<boolean> {
  const hour = new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
  const { count } = await db.kysely
    .selectFrom((from) =>
      from
        .selectFrom('auditLog')
        .select('id')
        .where('keyId', '=', keyId)
        .where('at', '>=', hour)
        .where('outcome', '<>', 'done')
        .limit(MAX_REFUSED_ROWS_PER_HOUR)
        .as('refused'),
    )
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count) >= MAX_REFUSED_ROWS_PER_HOUR;
}
