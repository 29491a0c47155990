import type { Generated } from 'kysely';
import type { Database } from '@landfall/service-kit/database';

export interface ApiKeysTable {
  id: string;
  label: string;
  /** SHA-256 of the secret. The secret has 256 random bits, so a slow hash would add nothing. */
  secret_hash: Buffer;
  scopes: string[];
  /** The one publisher that the key is limited to; null: every publisher. */
  publisher_id: string | null;
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

export interface AuditLogTable {
  id: Generated<string>;
  at: Date;
  key_id: string;
  /** The publisher that the key was limited to. */
  publisher_id: string | null;
  procedure: string;
  /** Id of what the call was about, if its input has one. Never a person. */
  subject: string | null;
  /** `done`, or the code of the rejection, fault or error. */
  outcome: string;
  correlation_id: string;
  /** More than one if refused attempts were counted instead of stored one by one. */
  times: Generated<number>;
  /** Set in rows that count further attempts of one hour. */
  fold_key: string | null;
}

export interface GatewayTables {
  api_keys: ApiKeysTable;
  audit_log: AuditLogTable;
}

export type Db = Database<GatewayTables>;
