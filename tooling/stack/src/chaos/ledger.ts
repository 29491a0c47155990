/** A usage record as it was reported, and whether an answer has accepted it. */
export interface ReportedUsage {
  readonly eventId: string;
  readonly subscriptionId: string;
  /** A dimension, or a meter with tiers. */
  readonly dimension: string;
  /** As it was sent: decimal text or a JSON number. */
  readonly quantity: string | number;
  readonly occurredAt: string;
  isTaken: boolean;
}

/** A subscription for which usage is reported, as it was bought. */
export interface MeteredSubscription {
  readonly offerId: string;
  readonly planId: string;
  readonly termUnit: string;
  /** The start of each term that Microsoft has shown, including terms that have not begun. */
  readonly termStarts: Set<string>;
}

/** A meter with tiers, as the publisher set it up before any usage. */
export interface MeterWithTiers {
  readonly offerId: string;
  readonly planId: string;
  readonly meter: string;
  /** Lowest threshold first. */
  readonly tiers: readonly { readonly from: string; readonly dimension: string }[];
}

/** What outside callers were promised: each entry is an answer that a caller received. */
export class Ledger {
  /** Purchases whose landing page was answered, so Landfall must know them. */
  readonly opened = new Set<string>();
  /** Activations that were accepted. */
  readonly activated = new Set<string>();
  /** Offers whose activations wait for the customer's space. */
  readonly offersWithSpaces = new Set<string>();
  /** Subscriptions for which the product's last answer was that it cannot create a space. */
  readonly withoutSpace = new Set<string>();
  /** The publisher's changes that were accepted, by id. */
  readonly changes = new Map<string, { readonly subscriptionId: string }>();
  readonly metered = new Map<string, MeteredSubscription>();
  readonly meters: MeterWithTiers[] = [];
  readonly usage = new Map<string, ReportedUsage>();
  /** Bad records that were accepted, each with what is wrong with it. */
  readonly badUsageTaken: string[] = [];
  readonly counts = new Map<string, number>();

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** The counts in order of their names, for the report. */
  sortedCounts(): Record<string, number> {
    return Object.fromEntries([...this.counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
