/** How long rows of a table are kept, and why. */
export interface RetentionRule {
  readonly table: string;
  /** Column with the time from which the days count. Rows without a value there stay. */
  readonly since: string;
  /**
   * `machine`: the column has the real time of the machine, often from the database's `now()`. Absent: it has the service's
   * time. They differ only while the marketplace emulator's clock is moved.
   */
  readonly clock?: 'machine' | undefined;
  /** SQL condition on the row. Absent: every row that is old enough. */
  readonly only?: string | undefined;
  /** Environment variable with the number of days. Absent: the number is fixed. */
  readonly setting?: string | undefined;
  /** Default number of days. 0: the column itself holds the time of deletion. */
  readonly days: number;
  /** Smallest allowed number of days. `reason` says what a smaller one would break. */
  readonly minDays?: number | undefined;
  /** The service removes these rows itself, because more than a `delete` is needed. */
  readonly isPrunedByService?: true | undefined;
  readonly reason: string;
}

/** A table that keeps its rows, however old they are. */
export interface KeptTable {
  readonly table: string;
  readonly reason: string;
}

/** The tables of one service: removed by age under `rules`, or `kept` with a reason. */
export interface ServiceRetention {
  readonly rules: readonly RetentionRule[];
  readonly kept: readonly KeptTable[];
}

/** Rules for the outbox and inbox of each service that has them. */
export const messagingRetention: readonly RetentionRule[] = [
  {
    table: 'outbox',
    since: 'published_at',
    clock: 'machine',
    days: 7,
    reason: 'As long as JetStream keeps facts, so that a lost stream can be filled again.',
  },
  {
    table: 'inbox',
    since: 'received_at',
    clock: 'machine',
    days: 31,
    reason: 'Longer than any message, dead letter or notification can be repeated.',
  },
];

/** Of each service that finds matters. */
export const openMatters: KeptTable = {
  table: 'open_matters',
  reason: 'One row for each open matter of this service, removed when it closes.',
};
