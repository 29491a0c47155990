import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';
import type { StoredOfferPage } from '@landfall/contracts/offer-page';

export type Db = Kysely<LandingTables>;
export type Trx = Transaction<LandingTables>;

/** Identifies a person: the ids of the Entra tenant and of the user object in it. */
export interface Identity {
  readonly tenantId: string;
  readonly objectId: string;
}

/** Sent to the worker as the customer. Tenant and object id identify the person; the address is for contact. */
export interface ContactPerson {
  readonly tenantId?: string | undefined;
  readonly objectId?: string | undefined;
  readonly emailId?: string | undefined;
}

/**
 * How a signed-in visitor relates to a purchase. `beneficiary`: a member, not a guest, of the tenant that it
 * is for. `purchaser`: belongs to the partner's tenant that bought it for another tenant. `unverifiable`:
 * Microsoft does not say whom it is for. `stranger`: none of these.
 */
export type VisitorRelation = 'beneficiary' | 'purchaser' | 'unverifiable' | 'stranger';

/** A person's role in one subscription; `manage/roles.ts` says what each may do. */
export type Role = 'owner' | 'admin' | 'viewer';

export interface VisitsTable {
  id: string;
  /** Short code to quote to support. It reveals nothing about the purchase. */
  support_code: string;
  correlation_id: string;
  /** The publisher named in the address of the landing page, if there is one. */
  publisher_id: string | null;
  /** The purchase token, encrypted. Deleted when it is resolved. */
  token_sealed: string | null;
  created_at: Generated<Date>;
  expires_at: Date;
  subscription_id: string | null;
  /** Name of the plan `plan_id`. Not used when the subscription has moved to another plan. */
  plan_id: string | null;
  plan_name: string | null;
  /** Owner of the visit: the person who last opened the resolved purchase, then the one who confirmed it. */
  tenant_id: string | null;
  object_id: string | null;
  /** How that person relates to the purchase. */
  relation: VisitorRelation | null;
  /** The customer that the subscription is claimed for. Not the visitor if a partner confirms. */
  claimed_by: ColumnType<ContactPerson | null, undefined, string>;
  answers: ColumnType<Record<string, string>, undefined, string>;
  confirmed_at: Date | null;
  /** When the worker stored the command or refused it for good. */
  handed_over_at: Date | null;
  /** When the next attempt is due. While an attempt is running, this is its lease. */
  hand_over_due_at: Date | null;
  hand_over_attempts: Generated<number>;
  refusal: string | null;
  /** Entries of a confirmation that was not accepted yet, encrypted; see `purchase/drafts.ts`. */
  draft_sealed: string | null;
  /** When Microsoft first refused the token. Null again once the token is resolved. */
  refused_at: Date | null;
  /** The offer and plan. Null until the purchase is resolved. */
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
  /** The person that the event is about, unless it is the visitor. */
  about_object_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** Above 1 if further events of the same hour were counted in this row. */
  times: Generated<number>;
  /** Identifies the row in which further events of the same hour are counted. */
  fold_key: string | null;
}

/**
 * A person's access to a subscription. Without a role, the person either requested one (`decided_at` is null)
 * or was refused or removed (`decided_at` is set).
 */
export interface MembersTable {
  subscription_id: string;
  tenant_id: string;
  object_id: string;
  role: Role | null;
  /** Shown so that colleagues recognise the person. Never used as a key. */
  name: string | null;
  email: string | null;
  asked_at: Date | null;
  decided_at: Date | null;
  /** Object id of the person who gave or refused the role, or `publisher`. */
  decided_by: string | null;
  /** Publisher of the subscription. Null in rows written before this column existed. */
  publisher_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** When the request was sent to the worker. Null while it still has to be. */
  told_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

/** Selects the branding, the texts and the questions of a purchase's pages. */
export interface OfferKey {
  readonly publisherId: string;
  readonly offerId: string;
  readonly planId: string;
}

/** Microsoft's list price for one term. */
export interface PlanPrice {
  readonly amount: number;
  readonly currency: string;
  readonly termUnit: string;
  /** The amount is for one seat. Absent in rows written before this field existed. */
  readonly isPerSeat?: boolean | undefined;
}

/** The offer as it was shown. Stored so that the next page does not have to ask the worker again. */
export interface ShownOffer extends OfferKey {
  readonly price?: PlanPrice | undefined;
  /** Whether the customer pays the listed price. Absent if unknown; then no price is shown. */
  readonly pricing?: 'listed' | 'private' | undefined;
}

/** An empty id means all offers, or all plans. */
export interface OfferPagesTable {
  publisher_id: string;
  offer_id: string;
  plan_id: string;
  page: ColumnType<StoredOfferPage, string, string>;
  logo_file: string | null;
  style_file: string | null;
  updated_at: Date;
}

/** `name` is the hash of the content with an extension. */
export interface BrandFilesTable {
  name: string;
  content: Buffer;
  /** The publisher that was the first to store it. Null in rows written before this column existed. */
  publisher_id: string | null;
  /** When a page that uses it was last stored. */
  used_at: Date;
}

/** Sessions that ended before their cookie expires, by sign-out or by a new sign-in. */
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
