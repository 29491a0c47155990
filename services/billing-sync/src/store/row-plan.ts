import { sum, ZERO } from '@landfall/domain/decimal';
import type { HourKey } from './hours.ts';
import { type AddedUnits, rowKey, type UsageRow, type UsedUnits } from './usage-rows.ts';

/** A place for units: a row that may exist, or a new one with this plan. */
interface Place extends HourKey {
  readonly planId: string;
  /** Whether the units may join a row of another plan. */
  readonly joinsOtherPlan: boolean;
}

/** Known rows with the units that a transaction is about to add to them. */
export class RowPlan {
  readonly #rows = new Map<string, UsageRow>();
  readonly #locked = new Set<string>();
  readonly #added = new Map<string, AddedUnits>();

  constructor(locked: readonly UsageRow[]) {
    this.lock(locked);
  }

  /** Adds rows that may change at any time. Fitting one of them is a guess. */
  learn(rows: readonly UsageRow[]): void {
    for (const row of rows) if (!this.#locked.has(rowKey(row))) this.#rows.set(rowKey(row), row);
  }

  lock(rows: readonly UsageRow[]): void {
    for (const row of rows) {
      this.#rows.set(rowKey(row), row);
      this.#locked.add(rowKey(row));
    }
  }

  unlocked<Key extends HourKey>(keys: readonly Key[]): Key[] {
    return keys.filter((key) => !this.#locked.has(rowKey(key)));
  }

  isSealed(key: HourKey): boolean {
    return this.#rows.get(rowKey(key))?.sealed ?? false;
  }

  /** Whether the row can still change and is not another plan's. A row that reports nothing belongs to no plan. */
  fits(place: Place): boolean {
    const row = this.#rows.get(rowKey(place));
    if (!row) return true;
    const isOfPlan = place.joinsOtherPlan || row.reported.eq(ZERO) || row.planId === place.planId;
    return !row.sealed && isOfPlan;
  }

  /** Adds units to a locked row, if they fit. */
  take(units: Place & AddedUnits): boolean {
    const key = rowKey(units);
    const row = this.#rows.get(key);
    if (!row || !this.#locked.has(key) || !this.fits(units)) return false;
    const { subscriptionId, dimension, hour } = row;
    const planId = row.reported.eq(ZERO) ? units.planId : row.planId;
    this.#rows.set(key, { ...row, planId, reported: row.reported.plus(units.quantity) });
    const before = this.#added.get(key);
    this.#added.set(key, {
      subscriptionId,
      dimension,
      hour,
      planId,
      quantity: units.quantity.plus(before?.quantity ?? ZERO),
      firstUsedAt: earliest(units.firstUsedAt, before?.firstUsedAt),
      lastUsedAt: latest(units.lastUsedAt, before?.lastUsedAt),
    });
    return true;
  }

  added(): AddedUnits[] {
    return [...this.#added.values()];
  }
}

/** One entry per row, with the plan of the first units. */
export function sumByRow(units: readonly UsedUnits[]): UsedUnits[] {
  return [...Map.groupBy(units, rowKey).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    return [
      {
        ...first,
        used: sum(group.map(({ used }) => used)),
        firstUsedAt: group.map((one) => one.firstUsedAt).reduce(earliest),
        lastUsedAt: group.map((one) => one.lastUsedAt).reduce(latest),
      },
    ];
  });
}

function earliest(left: Date, right: Date | undefined): Date {
  return right !== undefined && right < left ? right : left;
}

function latest(left: Date, right: Date | undefined): Date {
  return right !== undefined && right > left ? right : left;
}
