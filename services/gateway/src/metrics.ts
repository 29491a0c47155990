import type { ServerResponse } from 'node:http';
import { metrics as table } from '@landfall/contracts/metrics';
import { type Metrics, reading, readings } from '@landfall/service-kit/metrics';
import type { Roundup } from './api/roundup.ts';

/** A trouble that is over is no news after this. */
const WINDOW_MS = 10 * 60_000;

/** More says no more: the alert fires at a few. */
const MAX_KEPT = 1_000;

/** Counts the pages that buyers were shown instead of the one they wanted, whoever was away. */
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

/** Whether each service answers, as a metric: the gateway is who would miss it. */
export function readServices(metrics: Metrics, roundup: Roundup): void {
  metrics.read([table.serviceAnswers], async () => {
    const answers = await roundup.ask();
    const samples = answers.map(({ service, answers: isThere }) => ({
      labels: { service },
      value: isThere ? 1 : 0,
    }));
    return [readings(table.serviceAnswers, samples)];
  });
}
