import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { MatterClosed, MatterKind, MatterOpened } from '@landfall/contracts/matters';
import { metrics as table } from '@landfall/contracts/metrics';
import type { ServiceName } from '@landfall/contracts/services';
import { streams } from '@landfall/contracts/streams';
import { matterClosedFactOf, matterOpenedFactOf } from '@landfall/contracts/subjects';
import { isFault } from '@landfall/domain/fault';
import type { Bus } from '../bus/bus.ts';
import { inTransaction, type Database } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import { readings, type Metrics } from '../metrics/metrics.ts';
import { enqueueMany } from '../outbox/outbox.ts';
import type { Relay } from '../outbox/relay.ts';
import { startLoop } from '../process/loop.ts';
import { changesOf, MAX_OPEN, type Changes } from './diff.ts';
import type { MatterFinder, MatterKindOf } from './found.ts';
import { countOpen, noteFound, openOfKind, removeMatters, saveMatters, takeTurn } from './store.ts';
import type { MatterTables } from './tables.ts';

export { alertFinder } from './alert-finder.ts';
export { MAX_OPEN } from './diff.ts';
export { found, type Found, type FoundRow, type MatterFinder, type MatterKindOf } from './found.ts';
export { openMattersMigration, type MatterTables } from './tables.ts';

/** A person does not notice the delay, and each run costs one indexed statement per kind. */
const EVERY_MS = 10_000;

export interface Matters extends AsyncDisposable {
  /** Looks again soon. Call it when something has changed that a person waits for. */
  wake(): void;
}

/**
 * Looks every ten seconds for what needs a person, and publishes what has opened, changed and closed since the last look. Rows
 * and facts are written in one transaction for each kind. Processes take turns.
 */
export function startMatters<DB extends MatterTables, Service extends ServiceName>(options: {
  readonly service: Service;
  readonly database: Database<DB>;
  readonly bus: Pick<Bus, 'streamState'>;
  readonly relay: Pick<Relay, 'wake'>;
  readonly finders: readonly MatterFinder<DB, MatterKindOf<Service>>[];
  readonly log: Logger;
  readonly now: () => Date;
  readonly everyMs?: number | undefined;
}): Matters {
  const { bus, relay, finders, log, now, everyMs = EVERY_MS } = options;
  /** Kinds that could not be looked for the last time. */
  const failing = new Set<MatterKind>();
  const tryLook = async (finder: MatterFinder<DB, MatterKindOf<Service>>): Promise<void> => {
    const { kind } = finder;
    try {
      if (await look(options, finder)) relay.wake();
      if (failing.delete(kind)) log.info({ kind }, 'can look for matters of a kind again');
    } catch (err) {
      if (!failing.has(kind)) {
        const level = isFault(err) ? 'warn' : 'error';
        log[level]({ err, kind }, 'could not look for matters of a kind; they stay as they are');
      }
      failing.add(kind);
    }
  };
  const run = async (signal: AbortSignal): Promise<void> => {
    // The stream may come later during an upgrade, and facts without a stream would hold up the other facts.
    if ((await bus.streamState(streams.matters.name)) === undefined) return;
    for (const finder of finders) {
      if (signal.aborted) return;
      await tryLook(finder);
    }
  };
  return startLoop({ name: 'matters', everyMs, now, log, run });
}

/** Looks once for matters of one kind. Returns whether anything has changed. */
async function look<DB extends MatterTables>(
  options: {
    readonly service: ServiceName;
    readonly database: Database<DB>;
    readonly now: () => Date;
  },
  finder: MatterFinder<DB>,
): Promise<boolean> {
  const { service, database, now } = options;
  const { kind, closesAfterMs = 0 } = finder;
  return await inTransaction(database, async (given) => {
    const trx = given as unknown as Transaction<MatterTables>;
    if (!(await takeTurn(trx))) return false;
    const at = now();
    const matters = await finder.find(given, MAX_OPEN);
    const found = matters.map((matter) => Object.assign({ kind }, matter));
    const open = await openOfKind(trx, kind);
    if (found.length === 0 && open.length === 0) return false;
    const changes = changesOf(kind, { found, open, closesAfterMs, now: at });
    if (closesAfterMs > 0) await noteFound(trx, kind, { keys: found.map(({ key }) => key), at });
    return await publish(trx, { service, changes, at });
  });
}

async function publish(
  trx: Transaction<MatterTables>,
  of: { readonly service: ServiceName; readonly changes: Changes; readonly at: Date },
): Promise<boolean> {
  const { service, at } = of;
  const { opened, changed, closed } = of.changes;
  if (opened.length + changed.length + closed.length === 0) return false;
  const wanted = [
    ...opened.map((content) => ({ id: randomUUID() as string, content, version: 1, openedAt: at })),
    ...changed.map(({ was: { id, version, openedAt }, found }) => ({
      id,
      content: found,
      version: version + 1,
      openedAt,
    })),
  ];
  await saveMatters(trx, wanted, at);
  await removeMatters(
    trx,
    closed.map(({ id }) => id),
  );
  await enqueueMany(
    trx,
    matterOpenedFactOf(service),
    wanted.map(({ id, content, version, openedAt }) => ({
      payload: {
        ...content,
        id,
        owner: service,
        version,
        openedAt: openedAt.toISOString(),
      } satisfies MatterOpened,
      envelope: { messageId: `${id}:${version}`, correlationId: id, occurredAt: at },
    })),
  );
  await enqueueMany(
    trx,
    matterClosedFactOf(service),
    closed.map(({ id, content: { kind, publisherId, subscriptionId } }) => ({
      payload: {
        id,
        kind,
        owner: service,
        publisherId,
        subscriptionId,
        closedAt: at.toISOString(),
        by: 'itself',
      } satisfies MatterClosed,
      envelope: { messageId: `${id}:closed`, correlationId: id, occurredAt: at },
    })),
  );
  return true;
}

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
