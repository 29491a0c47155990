import { sql } from 'kysely';
import type { Publisher, Publishers } from '@landfall/publishers/publishers';
import type { Db } from '../db/schema.ts';

export interface CredentialHealth {
  readonly lastSuccessAt?: Date | undefined;
  readonly lastFailureAt?: Date | undefined;
  readonly failure?: string | undefined;
  /** Code and text with which Microsoft's API refuses the tokens; absent while it accepts them. */
  readonly apiFailure?: string | undefined;
  readonly apiExplanation?: string | undefined;
}

/**
 * The key of a publisher's credential health: the application's id. With several publishers the tenant is
 * part of the key, because an application may be registered in several tenants.
 */
export function healthKeyOf(
  { tenantId, clientId }: Pick<Publisher, 'tenantId' | 'clientId'>,
  { isSole }: Pick<Publishers, 'isSole'>,
): string {
  return isSole ? clientId : `${tenantId}/${clientId}`;
}

/** Stores the result of a token request. A success clears the failure's code. */
export async function recordOutcome(
  db: Db['kysely'],
  healthKey: string,
  outcome: { readonly at: Date; readonly code?: string | undefined },
): Promise<void> {
  const { at, code } = outcome;
  await db
    .insertInto('credentialHealth')
    .values({
      clientId: healthKey,
      lastSuccessAt: code === undefined ? at : null,
      lastFailureAt: code === undefined ? null : at,
      failure: code ?? null,
    })
    .onConflict((conflict) =>
      conflict.column('clientId').doUpdateSet((row) => ({
        lastSuccessAt: sql<Date>`coalesce(excluded.last_success_at, credential_health.last_success_at)`,
        lastFailureAt: sql<Date>`coalesce(excluded.last_failure_at, credential_health.last_failure_at)`,
        failure: row.ref('excluded.failure'),
      })),
    )
    .execute();
}

/** Stores how the API refuses the publisher's tokens; without a refusal, that it accepts them. */
export async function recordApiAccess(
  db: Db['kysely'],
  healthKey: string,
  refusal: { readonly code: string; readonly explanation: string | undefined } | undefined,
): Promise<void> {
  const values = {
    apiFailure: refusal?.code ?? null,
    apiExplanation: refusal?.explanation ?? null,
  };
  await db
    .insertInto('credentialHealth')
    .values({
      clientId: healthKey,
      lastSuccessAt: null,
      lastFailureAt: null,
      failure: null,
      ...values,
    })
    .onConflict((conflict) => conflict.column('clientId').doUpdateSet(values))
    .execute();
}

export async function readHealth(db: Db['kysely'], healthKey: string): Promise<CredentialHealth> {
  const row = await db
    .selectFrom('credentialHealth')
    .select(['lastSuccessAt', 'lastFailureAt', 'failure', 'apiFailure', 'apiExplanation'])
    .where('clientId', '=', healthKey)
    .executeTakeFirst();
  return {
    lastSuccessAt: row?.lastSuccessAt ?? undefined,
    lastFailureAt: row?.lastFailureAt ?? undefined,
    failure: row?.failure ?? undefined,
    apiFailure: row?.apiFailure ?? undefined,
    apiExplanation: row?.apiExplanation ?? undefined,
  };
}

/** True for the one process that must log this step's warning on this day. */
export async function takeWarning(
  db: Db['kysely'],
  healthKey: string,
  warning: { readonly step: string; readonly at: Date },
): Promise<boolean> {
  const day = warning.at.toISOString().slice(0, 10);
  const taken = await sql`
    insert into credential_health (client_id, warned_step, warned_on)
    values (${healthKey}, ${warning.step}, ${day}::date)
    on conflict (client_id) do update
      set warned_step = excluded.warned_step, warned_on = excluded.warned_on
      where (credential_health.warned_step, credential_health.warned_on)
        is distinct from (excluded.warned_step, excluded.warned_on)
  `.execute(db);
  return taken.numAffectedRows === 1n;
}
