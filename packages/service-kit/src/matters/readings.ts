import { metrics as table } from '@landfall/contracts/metrics';
import type { Database } from '../database/database.ts';
import { readings, type Metrics } from '../metrics/metrics.ts';
import { countOpen } from './store.ts';
import type { MatterTables } from './tables.ts';

/** Reads how many matters of each kind are open. */
export function readMatters<DB extends MatterTables>(
  metrics: Metrics,
  database: Database<DB>,
): void {
  const { kysely } = database as unknown as Database<MatterTables>;
  metrics.read([table.mattersOpen], async () => {
    const counts = await countOpen(kysely);
    return [
      readings(
        table.mattersOpen,
        counts.map(({ kind, count }) => ({ labels: { kind }, value: count })),
      ),
    ];
  });
}
