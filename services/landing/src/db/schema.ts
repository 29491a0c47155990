import type { ColumnType, Generated } from 'kysely';
import type { ContactPerson } from '../contact-person.ts';
import type { VisitorRelation } from '../visitor-relation.ts';

export interface VisitsTable {
  id: string;
  /** Short word for people and support; tells nothing about the purchase. */
  support_code: string;
  correlation_id: string;
  /** The purchase token, encrypted, from arrival until it is resolved. */
  token_sealed: string | null;
  created_at: Generated<Date>;
  expires_at: Date;
  subscription_id: string | null;
  /** What Microsoft calls the plan `plan_id`; of no use once the subscription is on another plan. */
  plan_id: string | null;
  plan_name: string | null;
  /** Whose page it is: the person who looked at the resolved purchase, then the one who confirmed. */
  tenant_id: string | null;
  object_id: string | null;
  /** What that person has to do with the purchase; see `visitor-relation.ts`. */
  relation: VisitorRelation | null;
  /** For whom the subscription is claimed; differs from the visitor where a partner confirmed. */
  claimed_by: ColumnType<ContactPerson | null, undefined, string>;
  answers: ColumnType<Record<string, string>, undefined, string>;
  confirmed_at: Date | null;
  /** The worker has stored the command, or has refused it for good. */
  handed_over_at: Date | null;
  /** When the next attempt is due, and a lease of the one that is running. */
  hand_over_due_at: Date | null;
  hand_over_attempts: Generated<number>;
  refusal: string | null;
}

export interface EventsTable {
  id: Generated<string>;
  at: Generated<Date>;
  kind: string;
  visit_id: string | null;
  subscription_id: string | null;
  tenant_id: string | null;
  object_id: string | null;
  correlation_id: string;
  detail: string | null;
}

export interface LandingTables {
  visits: VisitsTable;
  events: EventsTable;
}
