import type { Generated } from 'kysely';
import type { OperatorRole } from '@landfall/contracts/roles';
import type { Database } from '@landfall/service-kit/database';
import type { MatterTables } from '@landfall/service-kit/matters';
import type { MatterEventsTable, MattersTable } from './matter-tables.ts';

export interface ApiKeysTable {
  id: string;
  label: string;
  /** SHA-256 of the secret. The secret has 256 random bits, so a slow hash would add nothing. */
  secretHash: Buffer;
  scopes: string[];
  /** The one publisher that the key is limited to; null: every publisher. */
  publisherId: string | null;
  /** Who created it, as `callerId` writes it, or `start`. Null: an older release. */
  createdBy: string | null;
  createdAt: Date;
  /** Null: never. */
  expiresAt: Date | null;
  /** The secret before the last rotation, which works until `formerSecretUntil`. */
  formerSecretHash: Buffer | null;
  formerSecretUntil: Date | null;
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

/** A role of a person: for one publisher, or for all. */
export interface OperatorsTable {
  id: Generated<string>;
  tenantId: string;
  objectId: string;
  /** Null: every publisher. */
  publisherId: string | null;
  role: OperatorRole;
  /** `app-role`: given in Microsoft Entra, as of the last sign-in. */
  source: 'entry' | 'app-role';
  /** As Entra named the person at the last sign-in. */
  name: string | null;
  email: string | null;
  createdBy: string | null;
  createdAt: Date;
  lastSignInAt: Date | null;
}

export interface OperatorSessionsTable {
  /** SHA-256 of the random token in the cookie. */
  tokenHash: Buffer;
  tenantId: string;
  objectId: string;
  name: string | null;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

/** Used invitations are deleted. */
export interface OperatorInvitationsTable {
  /** SHA-256 of the random token in the link. */
  tokenHash: Buffer;
  role: OperatorRole;
  publisherId: string | null;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
}

/** A rate that all gateway processes share: what is left for a caller. */
interface RateBucketsTable {
  name: string;
  tokens: number;
  size: number;
  at: Date;
}

export interface IdempotentCallsTable {
  caller: string;
  key: string;
  procedure: string;
  /** SHA-256 of the input. */
  inputHash: Buffer;
  /** The run that has the key. */
  run: string;
  leasedUntil: Date;
  /** JSON of the answer or rejection; null while the command runs. */
  outcome: string | null;
  createdAt: Generated<Date>;
}

export interface GatewayTables extends MatterTables {
  matters: MattersTable;
  matterEvents: MatterEventsTable;
  rateBuckets: RateBucketsTable;
  backups: BackupsTable;
  idempotentCalls: IdempotentCallsTable;
  apiKeys: ApiKeysTable;
  auditEntries: AuditEntriesTable;
  auditAnchor: AuditAnchorTable;
  auditRefusals: AuditRefusalsTable;
  operators: OperatorsTable;
  operatorSessions: OperatorSessionsTable;
  operatorInvitations: OperatorInvitationsTable;
  auditLog: AuditLogTable;
}

export type Db = Database<GatewayTables>;
