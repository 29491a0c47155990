import type { ServerResponse } from 'node:http';
import { metrics as table } from '@landfall/contracts/metrics';
import type { Bus } from '@landfall/service-kit/bus';
import {
  readClock,
  readConsumers,
  readOutbox,
  readPools,
} from '@landfall/service-kit/common-readings';
import { readMatters } from '@landfall/service-kit/matters';
import { type Metrics, reading, readings } from '@landfall/service-kit/metrics';
import type { Roundup } from './api/roundup.ts';
import type { Db } from './db/schema.ts';

/** The metrics of the gateway: whether each service answers it, and its facts and consumers. */
export function readGateway(
  metrics: Metrics,
  parts: {
    readonly db: Db;
    readonly roundup: Roundup;
    readonly bus: Pick<Bus, 'consumerLag'>;
    readonly now: () => Date;
    readonly machineNow: () => Date;
  },
): void {
  const { db, roundup, bus, now, machineNow } = parts;
  readOutbox(metrics, db, now);
  readConsumers(metrics, { bus, publisher: 'gateway', now: machineNow });
  readClock(metrics, db);
  readPools(metrics, db);
  readMatters(metrics, db);
  metrics.read([table.serviceAnswers], async () => {
    const answers = await roundup.ask();
    const samples = answers.map(({ service, answers: isAnswering }) => ({
      labels: { service },
      value: isAnswering ? 1 : 0,
    }));
    return [readings(table.serviceAnswers, samples)];
  });
}

/** How long an error page counts. */
const WINDOW_MS = 10 * 60_000;

/** Limits memory. The alert fires at a few, so a larger exact number would not be useful. */
const MAX_KEPT = 1_000;

/** Counts the error pages that buyers got instead of the page they wanted, whichever service was down. */
export function countTurnedAway(metrics: Metrics, now: () => Date): (res: ServerResponse) => void {
  let times: number[] = [];
  metrics.read([table.buyersTurnedAway], async () => {
    const since = now().getTime() - WINDOW_MS;
    times = times.filter((time) => time > since);
    return [reading(table.buyersTurnedAway, times.length)];
  });
  return (res) => {
    res.once('finish', () => {
      if (res.statusCode < 500) return;
      times.push(now().getTime());
      if (times.length > MAX_KEPT) times.shift();
    });
  };
}
