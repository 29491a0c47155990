import type { IncomingMessage } from 'node:http';
import { metrics as table } from '@landfall/contracts/metrics';
import type { Logger } from '@landfall/service-kit/log';
import { reading, type Metrics } from '@landfall/service-kit/metrics';

/** How long an observation counts. A proxy passes requests all the time. */
const WINDOW_MS = 10 * 60_000;
/** A stranger may write the header into a few requests; a proxy writes it into all of them. */
const MIN_REQUESTS = 5;

interface Window {
  readonly since: number;
  readonly requests: number;
  readonly forwarded: number;
}

/**
 * Notices a proxy that is not declared in `TRUSTED_PROXIES`. With https there is a proxy in front. If it names its
 * callers while `TRUSTED_PROXIES` is 0, the rate limits count all callers as one address.
 */
export function watchForProxy(options: {
  readonly metrics: Metrics;
  readonly publicUrl: string;
  readonly trustedProxies: number;
  readonly log: Logger;
  readonly now: () => Date;
}): (req: Pick<IncomingMessage, 'headers'>) => void {
  const { metrics, publicUrl, trustedProxies, log, now } = options;
  const isWatched = publicUrl.startsWith('https:') && trustedProxies === 0;
  let before: Window | undefined;
  let current: Window = { since: now().getTime(), requests: 0, forwarded: 0 };
  let warnedAt = Number.NEGATIVE_INFINITY;

  const turn = (at: number): void => {
    if (at - current.since < WINDOW_MS) return;
    before = at - current.since < 2 * WINDOW_MS ? current : undefined;
    current = { since: at, requests: 0, forwarded: 0 };
  };
  metrics.read([table.proxyNotTrusted], async () => {
    turn(now().getTime());
    const isSeen = [before, current].some((window) => window && isProxied(window));
    return [reading(table.proxyNotTrusted, isSeen ? 1 : 0)];
  });

  return (req) => {
    if (!isWatched) return;
    const at = now().getTime();
    turn(at);
    const forwarded = current.forwarded + (req.headers['x-forwarded-for'] === undefined ? 0 : 1);
    current = { ...current, requests: current.requests + 1, forwarded };
    if (!isProxied(current) || at - warnedAt < WINDOW_MS) return;
    warnedAt = at;
    log.error(
      { security: true },
      'found a proxy in front while TRUSTED_PROXIES is 0: all callers count as one address; set it to the number of your proxies',
    );
  };
}

/** Whether most requests came through a proxy. */
function isProxied({ requests, forwarded }: Window): boolean {
  return forwarded >= MIN_REQUESTS && forwarded > requests / 2;
}
