import { makeWorkerUtils, Logger } from 'graphile-worker';
import { PgBoss } from 'pg-boss';
import { notificationsOf, type Notifications, type Range } from './notifications.ts';

/** A job engine that runs the worker's handler. */
export interface Peer {
  readonly name: string;
  readonly engine: 'graphile-worker' | 'pg-boss';
  /** Each subscription has a queue, which runs one job at a time. */
  readonly hasQueues: boolean;
  /** Jobs that a process runs at a time. */
  readonly concurrency: number;
}

/** The settings with which each engine was fastest here. */
export const graphile: Peer = {
  name: 'graphile-worker, unordered',
  engine: 'graphile-worker',
  hasQueues: false,
  concurrency: 256,
};
export const graphileQueues: Peer = {
  ...graphile,
  name: 'graphile-worker, queue per subscription',
  hasQueues: true,
};
export const pgBoss: Peer = {
  name: 'pg-boss, unordered',
  engine: 'pg-boss',
  hasQueues: false,
  concurrency: 256,
};

/** Starts a process that works through the peer's jobs. */
export async function startPeer({ servers }: Notifications, peer: Peer) {
  const file = new URL('./peer-process.ts', import.meta.url);
  return await servers.startInstead(file, 'fulfillment-worker', {
    PEER: peer.engine,
    PEER_DATABASE_URL: jobsUrl(servers.adminUrl),
    PEER_CONCURRENCY: String(peer.concurrency),
    LANE_CONCURRENCY: String(peer.concurrency),
  });
}

/**
 * Gives the peer a job for each notification, with one statement for each step, because jobs of one statement have the same time
 * and would run in any order. A later change that runs first hides the earlier ones, which is less work.
 */
export async function notifyPeer(on: Notifications, peer: Peer, range: Range): Promise<void> {
  const given = notificationsOf(range);
  const steps = Array.from({ length: given.length / range.count }, (_, step) =>
    given.slice(step * range.count, (step + 1) * range.count),
  );
  await on.addIdleLanes(range);
  const connectionString = jobsUrl(on.servers.adminUrl);
  if (peer.engine === 'pg-boss') {
    const boss = new PgBoss({
      connectionString,
      supervise: false,
      schedule: false,
      migrate: false,
    });
    await boss.start();
    for (const jobs of steps) {
      await boss.insert(
        'notification',
        jobs.map((data) => ({ data })),
      );
    }
    await boss.stop({ graceful: false });
    return;
  }
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ connectionString, logger });
  for (const jobs of steps) {
    await utils.addJobs(
      jobs.map((payload) => {
        const job = { identifier: 'notification', payload };
        return peer.hasQueues ? Object.assign(job, { queueName: payload.subscriptionId }) : job;
      }),
    );
  }
  await utils.release();
}

/** The services' database, as superuser: peers create schemas of their own. */
function jobsUrl(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.pathname = '/landfall';
  return url.href;
}
