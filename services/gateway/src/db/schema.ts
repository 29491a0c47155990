import type { Generated } from 'kysely';
import type { Database } from '@landfall/service-kit/database';

export interface ApiKeysTable {
  id: string;
  label: string;
  /** SHA-256 of the secret. The secret has 256 random bits, so a slow hash would add nothing. */
  secretHash: Buffer;
  scopes: string[];
  /** The one publisher that the key is limited to; null: every publisher. */
  publisherId: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export interface AuditLogTable {
  id: Generated<string>;
  at: Date;
  keyId: string;
  /** The publisher that the key was limited to. */
  publisherId: string | null;
  procedure: string;
  /** Id of what the call was about, if its input has one. Never a person. */
  subject: string | null;
  /** `done`, or the code of the rejection, fault or error. */
  outcome: string;
  correlationId: string;
  /** More than one if refused attempts were counted instead of stored one by one. */
  times: Generated<number>;
  /** Set in rows that count further attempts of one hour. */
  foldKey: string | null;
}

/** A backup that the operator's backup job reported. */
export interface BackupsTable {
  takenAt: Date;
  recordedAt: Date;
  note: string | null;
  wasRestored: boolean;
  /** Who reported it, as in the audit log. */
  recordedBy: string;
}

export interface GatewayTables {
  backups: BackupsTable;
  apiKeys: ApiKeysTable;
  auditLog: AuditLogTable;
}

export type Db = Database<GatewayTables>;
