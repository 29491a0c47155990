/** A guarantee that did not hold: which, where, and what was found instead. */
export interface Breach {
  readonly guarantee: string;
  readonly subscriptionId?: string | undefined;
  readonly found: string;
}

/** Groups by a key; for evidence, where each group is small. */
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
