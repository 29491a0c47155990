import { makeWorkerUtils, Logger } from 'graphile-worker';
import { PgBoss } from 'pg-boss';
import { notificationsOf, type Notifications, type Range } from './notifications.ts';

/** Jobs per call of pg-boss, which sends each batch as one statement. */
const JOBS_AT_ONCE = 1_000;

/** A job engine that runs the worker's handler. None of them keeps an order, unless each subscription has a queue of its own. */
export interface Peer {
  readonly name: string;
  readonly engine: 'graphile-worker' | 'pg-boss';
  readonly isOrdered: boolean;
  /** Jobs that a process runs at a time. */
  readonly concurrency: number;
}

/** The settings with which each engine was fastest here. */
export const graphile: Peer = {
  name: 'graphile-worker, unordered',
  engine: 'graphile-worker',
  isOrdered: false,
  concurrency: 256,
};
export const graphileQueues: Peer = {
  ...graphile,
  name: 'graphile-worker, queue per subscription',
  isOrdered: true,
};
export const pgBoss: Peer = {
  name: 'pg-boss, unordered',
  engine: 'pg-boss',
  isOrdered: false,
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

/** Gives the peer a job for each notification. */
export async function notifyPeer(on: Notifications, peer: Peer, range: Range): Promise<void> {
  const given = notificationsOf(range);
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
    for (let from = 0; from < given.length; from += JOBS_AT_ONCE) {
      const jobs = given.slice(from, from + JOBS_AT_ONCE).map((data) => ({ data }));
      await boss.insert('notification', jobs);
    }
    await boss.stop({ graceful: false });
    return;
  }
  const logger = new Logger(() => () => undefined);
  const jobs = await makeWorkerUtils({ connectionString, logger });
  await jobs.addJobs(
    given.map((payload) => {
      const job = { identifier: 'notification', payload };
      return peer.isOrdered ? Object.assign(job, { queueName: payload.subscriptionId }) : job;
    }),
  );
  await jobs.release();
}

/** The services' database, as superuser: peers create schemas of their own. */
function jobsUrl(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.pathname = '/landfall';
  return url.href;
}
