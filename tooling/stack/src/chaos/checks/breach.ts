/** A guarantee that did not hold, for which subscription, and what was found instead. */
export interface Breach {
  readonly guarantee: string;
  readonly subscriptionId?: string | undefined;
  readonly found: string;
}

/** Groups rows by a key. */
export function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
