import { metrics as table } from '@landfall/contracts/metrics';
import { isFault } from '@landfall/domain/fault';
import type { Publisher } from '@landfall/publishers/publishers';
import { ageSeconds, readings, type Metrics } from '@landfall/service-kit/metrics';
import { stateOf } from '../credentials/expiry.ts';
import { healthKeyOf, readHealth } from '../store/credential-health.ts';
import type { WorkerDeps } from '../publishers.ts';
import { lastRuns } from '../store/readings.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Label of the sole publisher if it has no id. */
const UNNAMED = 'default';

type Deps = Pick<WorkerDeps, 'db' | 'publishers' | 'now'> & {
  readonly machineNow: () => Date;
  readonly reconcileMs: number | undefined;
};

/** Readings of each publisher: the state of its credential, and how its records compare with Microsoft's. */
export function readPublishers(metrics: Metrics, deps: Deps): void {
  const startedAt = deps.now();
  const { all } = deps.publishers;
  const { credentialDays, credentialRefused } = table;
  metrics.read([credentialDays, credentialRefused], async () => {
    const found = await Promise.all(all.map((publisher) => credentialOf(deps, publisher)));
    return [
      readings(
        credentialDays,
        found.flatMap(({ labels, days }) => (days === undefined ? [] : [{ labels, value: days }])),
      ),
      readings(
        credentialRefused,
        found.map(({ labels, isRefused }) => ({ labels, value: isRefused ? 1 : 0 })),
      ),
    ];
  });

  const { reconcileAge, reconcileDrift, reconcileUnopened, reconcileFailing, reconcileOverdue } =
    table;
  const about = [
    reconcileAge,
    reconcileDrift,
    reconcileUnopened,
    reconcileFailing,
    reconcileOverdue,
  ];
  metrics.read(about, async () => {
    const found = await Promise.all(
      all.map(async (publisher) => ({
        labels: labelsOf(publisher),
        runs: await lastRuns(deps.db.kysely, scopeOf(deps, publisher)),
      })),
    );
    const at = deps.now();
    const good = found.flatMap(({ labels, runs: { completed } }) =>
      completed ? [{ labels, completed }] : [],
    );
    return [
      readings(
        reconcileAge,
        good.map(({ labels, completed }) => ({
          labels,
          value: ageSeconds(completed.finishedAt, at),
        })),
      ),
      readings(
        reconcileDrift,
        good.map(({ labels, completed }) => ({ labels, value: completed.drifted })),
      ),
      readings(
        reconcileUnopened,
        good.map(({ labels, completed }) => ({ labels, value: completed.unopened })),
      ),
      readings(
        reconcileFailing,
        found.map(({ labels, runs }) => ({ labels, value: runs.hasFailed ? 1 : 0 })),
      ),
      readings(
        reconcileOverdue,
        found.flatMap(({ labels, runs: { completed } }) => {
          if (deps.reconcileMs === undefined) return [];
          const age = ageSeconds(completed?.finishedAt ?? startedAt, at);
          return [{ labels, value: Math.max(0, age - deps.reconcileMs / 1000) }];
        }),
      ),
    ];
  });
}

async function credentialOf({ db, publishers, machineNow }: Deps, publisher: Publisher) {
  const [health, expiresAt] = await Promise.all([
    readHealth(db.kysely, healthKeyOf(publisher, publishers)),
    publisher.credential.expiresAt().catch(ifUnreadable),
  ]);
  const at = machineNow();
  return {
    labels: labelsOf(publisher),
    days: expiresAt && (expiresAt.getTime() - at.getTime()) / DAY_MS,
    isRefused: stateOf(health, expiresAt, at) === 'rejected',
  };
}

function labelsOf({ publisherId = UNNAMED }: Publisher): { readonly publisher: string } {
  return { publisher: publisherId };
}

/** All runs belong to a sole publisher, including those from before it had an id. */
function scopeOf({ publishers }: Deps, { publisherId }: Publisher): string | undefined {
  return publishers.isSole ? undefined : publisherId;
}

/** An unreadable credential is reported by the refusal that follows. */
function ifUnreadable(error: unknown): undefined {
  if (!isFault(error)) throw error;
  return undefined;
}
