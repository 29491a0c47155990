import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';
import type { StoredOfferPage } from '@landfall/contracts/offer-page';
import type { MatterTables } from '@landfall/service-kit/matters';

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
  supportCode: string;
  correlationId: string;
  /** The publisher named in the address of the landing page, if there is one. */
  publisherId: string | null;
  /** The purchase token, encrypted. Deleted when it is resolved. */
  tokenSealed: string | null;
  createdAt: Generated<Date>;
  expiresAt: Date;
  subscriptionId: string | null;
  /** Name of the plan `plan_id`. Not used when the subscription has moved to another plan. */
  planId: string | null;
  planName: string | null;
  /** Owner of the visit: the person who last opened the resolved purchase, then the one who confirmed it. */
  tenantId: string | null;
  objectId: string | null;
  /** How that person relates to the purchase. */
  relation: VisitorRelation | null;
  /** The customer that the subscription is claimed for. Not the visitor if a partner confirms. */
  claimedBy: ColumnType<ContactPerson | null, undefined, string>;
  answers: ColumnType<Record<string, string>, undefined, string>;
  confirmedAt: Date | null;
  /** When the worker stored the command or refused it for good. */
  handedOverAt: Date | null;
  /** When the next attempt is due. While an attempt is running, this is its lease. */
  handOverDueAt: Date | null;
  handOverAttempts: Generated<number>;
  refusal: string | null;
  /** Entries of a confirmation that was not accepted yet, encrypted; see `purchase/drafts.ts`. */
  draftSealed: string | null;
  /** When Microsoft first refused the token. Null again once the token is resolved. */
  refusedAt: Date | null;
  /** The offer and plan. Null until the purchase is resolved. */
  offer: ColumnType<ShownOffer | null, undefined, string>;
}

export interface EventsTable {
  id: Generated<string>;
  at: Generated<Date>;
  kind: string;
  visitId: string | null;
  subscriptionId: string | null;
  tenantId: string | null;
  objectId: string | null;
  correlationId: string;
  detail: string | null;
  /** The person that the event is about, unless it is the visitor. */
  aboutObjectId: ColumnType<string | null, string | null | undefined, string | null>;
  /** Above 1 if further events of the same hour were counted in this row. */
  times: Generated<number>;
  /** Identifies the row in which further events of the same hour are counted. */
  foldKey: string | null;
  /** Publisher of the subscription, where a matter may come of the event. */
  publisherId: Generated<string | null>;
}

/**
 * A person's access to a subscription. Without a role, the person either requested one (`decided_at` is null)
 * or was refused or removed (`decided_at` is set).
 */
export interface MembersTable {
  subscriptionId: string;
  tenantId: string;
  objectId: string;
  role: Role | null;
  /** Shown so that colleagues recognise the person. Never used as a key. */
  name: string | null;
  email: string | null;
  askedAt: Date | null;
  decidedAt: Date | null;
  /** Object id of the person who gave or refused the role, or `publisher`. */
  decidedBy: string | null;
  /** Publisher of the subscription. Null in rows written before this column existed. */
  publisherId: ColumnType<string | null, string | null | undefined, string | null>;
  /** When the request was sent to the worker. Null while it still has to be. */
  toldAt: ColumnType<Date | null, Date | null | undefined, Date | null>;
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
  publisherId: string;
  offerId: string;
  planId: string;
  page: ColumnType<StoredOfferPage, string, string>;
  logoFile: string | null;
  styleFile: string | null;
  updatedAt: Date;
}

/** `name` is the hash of the content with an extension. */
export interface BrandFilesTable {
  name: string;
  content: Buffer;
  /** The publisher that was the first to store it. Null in rows written before this column existed. */
  publisherId: string | null;
  /** When a page that uses it was last stored. */
  usedAt: Date;
}

/** Sessions that ended before their cookie expires, by sign-out or by a new sign-in. */
export interface EndedSessionsTable {
  id: string;
  expiresAt: Date;
}

export interface LandingTables extends MatterTables {
  endedSessions: EndedSessionsTable;
  offerPages: OfferPagesTable;
  brandFiles: BrandFilesTable;
  visits: VisitsTable;
  events: EventsTable;
  members: MembersTable;
}
