/** A usage record as it was reported, and whether an answer has accepted it. */
export interface ReportedUsage {
  readonly eventId: string;
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly quantity: number;
  readonly occurredAt: string;
  isTaken: boolean;
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
  readonly usage = new Map<string, ReportedUsage>();
  readonly counts = new Map<string, number>();

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** The counts in order of their names, for the report. */
  sortedCounts(): Record<string, number> {
    return Object.fromEntries([...this.counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
