/** A usage record as it was reported, and whether somebody has said that it is taken. */
export interface ReportedUsage {
  readonly eventId: string;
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly quantity: number;
  readonly occurredAt: string;
  isTaken: boolean;
}

/** What the client outside was promised: each entry is an answer that somebody got. */
export class Ledger {
  /** Purchases whose landing page was answered, so that we know them. */
  readonly opened = new Set<string>();
  /** Activations that were answered with "yes". */
  readonly activated = new Set<string>();
  /** Offers whose activation waits for the customer's space. */
  readonly offersWithSpaces = new Set<string>();
  /** Subscriptions whose space the product could not make when it was asked last. */
  readonly withoutSpace = new Set<string>();
  /** Changes of the publisher's that were answered, by their id. */
  readonly changes = new Map<string, { readonly subscriptionId: string }>();
  readonly usage = new Map<string, ReportedUsage>();
  readonly counts = new Map<string, number>();

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** Figures by name, for the report. */
  figures(): Record<string, number> {
    return Object.fromEntries([...this.counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
