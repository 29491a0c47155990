import { testDatabase } from '@landfall/servers/testing';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import { migrations } from '../src/db/migrations.ts';
import type { Db, FulfillmentTables } from '../src/db/schema.ts';
import { log } from './fixture.ts';

export interface WorkerDatabase extends AsyncDisposable {
  readonly db: Db;
}

/** A database with the worker's empty tables, for tests that need no running worker. */
export async function openWorkerDatabase(): Promise<WorkerDatabase> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase({ services: ['fulfillment-worker'] }));
  const url = database.urlFor('fulfillment-worker');
  const db = stack.use(
    await openDatabase<FulfillmentTables>({ url, service: 'fulfillment-worker', log }),
  );
  await migrate(db, migrations);
  const owned = stack.move();
  return { db, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
