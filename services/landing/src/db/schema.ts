import type { ColumnType, Generated } from 'kysely';
import type { StoredOfferPage } from '@landfall/contracts/offer-page';
import type { ContactPerson } from '../contact-person.ts';
import type { Role } from '../manage/roles.ts';
import type { VisitorRelation } from '../purchase/visitor-relation.ts';

export interface VisitsTable {
  id: string;
  /** Short word for people and support; tells nothing about the purchase. */
  support_code: string;
  correlation_id: string;
  /** Whose landing page was opened, where its address says so. */
  publisher_id: string | null;
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
  /** What was entered in a confirmation that could not be taken yet, encrypted; see `drafts.ts`. */
  draft_sealed: string | null;
  /** When Microsoft refused the token first; null once it is resolved. */
  refused_at: Date | null;
  /** Of which offer and plan it is; absent until it is resolved. */
  offer: ColumnType<ShownOffer | null, undefined, string>;
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
  /** Whom it is about, where that is somebody else than the visitor. */
  about_object_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** More than one where further events of the hour were counted instead of written down. */
  times: Generated<number>;
  /** Names the row that further events of the hour are counted in. */
  fold_key: string | null;
}

/** A person and a subscription. Without a role: asked (not decided), or refused and removed (decided). */
export interface MembersTable {
  subscription_id: string;
  tenant_id: string;
  object_id: string;
  role: Role | null;
  /** For the others to recognise the person by; never a key. */
  name: string | null;
  email: string | null;
  asked_at: Date | null;
  decided_at: Date | null;
  /** Object id of whoever gave the role, or refused it; `publisher` where the publisher did. */
  decided_by: string | null;
  /** Of whose subscription a request is; null in rows written before this column existed. */
  publisher_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** When the worker was told of the request; null while it still has to be. */
  told_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

/** What decides on the looks of a purchase's pages, and on what is asked there. */
export interface OfferKey {
  readonly publisherId: string;
  readonly offerId: string;
  readonly planId: string;
}

/** What a term costs by Microsoft's list, per seat where the plan is sold so. */
export interface PlanPrice {
  readonly amount: number;
  readonly currency: string;
  readonly termUnit: string;
  /** The amount is for one seat. Absent: kept by an older release, which did not say. */
  readonly isPerSeat?: boolean | undefined;
}

/** As it was shown; kept so that Microsoft is asked once and the next page need not ask the worker. */
export interface ShownOffer extends OfferKey {
  readonly price?: PlanPrice | undefined;
  /** Whether the listed price is what the customer pays; absent: not known, and no price is shown. */
  readonly pricing?: 'listed' | 'private' | undefined;
}

/** An empty id stands for every offer, or every plan. */
export interface OfferPagesTable {
  publisher_id: string;
  offer_id: string;
  plan_id: string;
  page: ColumnType<StoredOfferPage, string, string>;
  logo_file: string | null;
  style_file: string | null;
  updated_at: Date;
}

/** Named after the hash of the content. */
export interface BrandFilesTable {
  name: string;
  content: Buffer;
  /** Who stored it first; null in rows written before this column existed. */
  publisher_id: string | null;
  /** When a page was last stored that names it. */
  used_at: Date;
}

/** Signed out of, or replaced by a new sign-in, before the cookie's own end. */
export interface EndedSessionsTable {
  id: string;
  expires_at: Date;
}

export interface LandingTables {
  ended_sessions: EndedSessionsTable;
  offer_pages: OfferPagesTable;
  brand_files: BrandFilesTable;
  visits: VisitsTable;
  events: EventsTable;
  members: MembersTable;
}
