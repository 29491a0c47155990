import type { Generated } from 'kysely';
import type { MatterSeverity } from '@landfall/contracts/matters';

/** The list of what needs a person. The owner says what is wrong; people assign, snooze and close. */
export interface MattersTable {
  id: string;
  /** The service that found it. */
  owner: string;
  kind: string;
  /** Of the owner's last fact. 0: only the fact that closed it has arrived. */
  version: number;
  publisherId: string | null;
  offerId: string | null;
  subscriptionId: string | null;
  subjectType: string;
  subjectId: string;
  severity: MatterSeverity;
  /** 0 for critical to 2 for info; generated. */
  rank: Generated<number>;
  params: Readonly<Record<string, string | number>>;
  since: Date;
  openedAt: Date;
  dueAt: Date | null;
  /** `dueAt`, or infinity; generated. */
  dueKey: Generated<Date>;
  assignedTenant: string | null;
  assignedObject: string | null;
  snoozedUntil: Date | null;
  closedAt: Date | null;
  closedBy: 'itself' | 'person' | null;
  closedReason: string | null;
  /** When the owner no longer found it. It is closed then at the latest, and cannot be opened again. */
  endedAt: Date | null;
}

/** What happened to a matter, for its history. */
export interface MatterEventsTable {
  id: Generated<string>;
  matterId: string;
  at: Date;
  event: string;
  /** Who did it, as `callerId` writes it. Null: the owner's fact. */
  by: string | null;
  reason: string | null;
  details: Readonly<Record<string, unknown>> | null;
}
