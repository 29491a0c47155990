import { setTimeout as delay } from 'node:timers/promises';
import { Logger, run, type TaskList } from 'graphile-worker';
import { PgBoss } from 'pg-boss';
import { configSchema } from '@landfall/fulfillment-worker/config';
import { ExchangeBuffer } from '@landfall/fulfillment-worker/exchange-buffer';
import { startExchangeRecorder } from '@landfall/fulfillment-worker/exchange-recorder';
import { openMarketplaceAccess } from '@landfall/fulfillment-worker/marketplace-access';
import { saveLast } from '@landfall/fulfillment-worker/save-record';
import type { FulfillmentTables } from '@landfall/fulfillment-worker/schema';
import { dispatchedTaskHandlers } from '@landfall/fulfillment-worker/task-handlers';
import { connectBus } from '@landfall/service-kit/bus';
import { inTransaction, openDatabase } from '@landfall/service-kit/database';
import { createGroupCommit } from '@landfall/service-kit/group-commit';
import { createLogger } from '@landfall/service-kit/log';
import { Metrics } from '@landfall/service-kit/metrics';
import { outboxSource } from '@landfall/service-kit/outbox';
import { startRelay } from '@landfall/service-kit/relay';
import type { Given } from './notifications.ts';

/*
 * Runs a job engine instead of the lanes, with everything else of the worker: its handler of notifications with its grouped
 * writes, its marketplace client, its outbox. The environment variables are the worker's, and:
 * PEER: graphile-worker or pg-boss; PEER_DATABASE_URL: where it keeps jobs; PEER_CONCURRENCY: jobs at a time.
 */

const { PEER = '', PEER_DATABASE_URL: jobsUrl = '', PEER_CONCURRENCY } = process.env;
const concurrency = Number(PEER_CONCURRENCY);
/** As many connections as the worker's pool has. */
const CONNECTIONS = 10;
/** Jobs that graphile-worker fetches at a time. Fewer make it slower. */
const LOCAL_QUEUE = 500;
/** pg-boss fetches batches, each of which waits for its slowest job. */
const BATCHES = 8;

const service = 'fulfillment-worker';
const log = createLogger(service, 'error');
const now = () => new Date();
const config = configSchema.parse(process.env);
const exchanges = new ExchangeBuffer(now);
const { publishers } = await openMarketplaceAccess(config, {
  log,
  now,
  metrics: new Metrics({ log, now }),
  onExchange: (exchange) => exchanges.add(exchange),
});
const db = await openDatabase<FulfillmentTables>({ url: config.DATABASE_URL, service, log });
startExchangeRecorder({ db, log, exchanges });
const bus = await connectBus({ url: config.NATS_URL, name: service, log });
const relay = startRelay({ source: outboxSource(db), bus, log });
const { notification: handle } = dispatchedTaskHandlers({ db, publishers, log, now });
const saves = createGroupCommit((tasks: Parameters<typeof saveLast>[1]) =>
  saveLast(db.kysely, tasks),
);
/** The lanes of these subscriptions exist, but have no task and no holder. */
const guard = { fence: '0', taskId: '0', isLast: false };

async function work({ subscriptionId, ...payload }: Given): Promise<void> {
  const write = Object.assign(
    async <T>(fn: Parameters<typeof inTransaction<FulfillmentTables, T>>[1]) => {
      const result = await inTransaction(db, fn);
      relay.wake();
      return result;
    },
    {
      last: async (writes: Omit<Parameters<typeof saveLast>[1][number], 'guard'>) => {
        const isWritten = (await saves.add({ ...writes, guard })) !== undefined;
        if (isWritten) relay.wake();
        return isWritten;
      },
    },
  );
  const task = {
    id: '0',
    subscriptionId,
    kind: 'notification',
    payload,
    correlationId: payload.operationId,
    traceParent: null,
    attempts: 0,
    createdAt: now(),
  };
  for (let polls = 0; ; polls += 1) {
    const outcome = await handle({ ...task, polls }, write);
    if (outcome === 'done') return;
    await delay(outcome.retryInMs);
  }
}

if (PEER === 'pg-boss') await startPgBoss();
else await startGraphileWorker();
process.on('SIGTERM', () => process.exit());
process.send?.({});

async function startGraphileWorker(): Promise<void> {
  const notification: TaskList[string] = async (payload) => work(payload as Given);
  await run({
    taskList: { notification },
    crontab: '',
    noHandleSignals: true,
    preset: {
      worker: {
        connectionString: jobsUrl,
        // It writes a line for each job.
        logger: new Logger(() => () => undefined),
        concurrentJobs: concurrency,
        maxPoolSize: CONNECTIONS,
        preparedStatements: true,
        localQueue: { size: LOCAL_QUEUE },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
}

async function startPgBoss(): Promise<void> {
  const boss = new PgBoss({
    connectionString: jobsUrl,
    max: CONNECTIONS,
    supervise: false,
    schedule: false,
  });
  boss.on('error', (error) => log.error({ err: error }, 'pg-boss failed'));
  await boss.start();
  await boss.createQueue('notification');
  const batch = {
    batchSize: Math.ceil(concurrency / BATCHES),
    localConcurrency: BATCHES,
    pollingIntervalSeconds: 0.5,
    burstWhenBatchFull: true,
  };
  await boss.work<Given>('notification', batch, async (jobs) => {
    await Promise.all(jobs.map(({ data }) => work(data)));
  });
}
