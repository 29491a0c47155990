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

/** One entry of the audit log. Never changed. `hash` covers all other columns and the hash of the entry before. */
export interface AuditEntriesTable {
  /** Without gaps, assigned under a lock. */
  sequence: string;
  /** The real time of the machine. */
  at: Date;
  actor: string;
  publisherId: string | null;
  procedure: string;
  /** Id of what the call was about, if its input has one. Never a person. */
  subject: string | null;
  /** `done`, or the code of the rejection, fault or error. */
  outcome: string;
  reason: string | null;
  requestedBy: string | null;
  approvedBy: string | null;
  /** The caller's network, not its whole address. */
  source: string | null;
  /** JSON exactly as it was hashed. */
  before: string | null;
  after: string | null;
  correlationId: string;
  /** More than one if refused attempts were counted instead of stored one by one. */
  times: number;
  hash: Buffer;
}

/** One row: the last entry that was removed. The hash of the oldest kept entry continues from here. */
interface AuditAnchorTable {
  isOnly: Generated<boolean>;
  sequence: string;
  hash: Buffer;
}

/** Refused attempts of a running hour that are only counted. Each row becomes an entry when its hour is over. */
interface AuditRefusalsTable {
  actor: string;
  /** Empty: none. */
  publisherId: string;
  procedure: string;
  outcome: string;
  hour: Date;
  times: number;
  /** Of the first attempt. */
  correlationId: string;
}

/** What the previous version writes. Its rows are moved into the chain. */
interface AuditLogTable {
  id: Generated<string>;
  at: Date;
  keyId: string;
  publisherId: string | null;
  procedure: string;
  subject: string | null;
  outcome: string;
  correlationId: string;
  times: Generated<number>;
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
  auditEntries: AuditEntriesTable;
  auditAnchor: AuditAnchorTable;
  auditRefusals: AuditRefusalsTable;
  auditLog: AuditLogTable;
}

export type Db = Database<GatewayTables>;
