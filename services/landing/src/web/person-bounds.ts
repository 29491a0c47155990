import type { Context, MiddlewareHandler } from 'hono';
import { Fault } from '@landfall/domain/fault';
import { createFairPlaces } from '@landfall/service-kit/fair-places';

/** Enough for a browser with several tabs: a page and its script send two or three requests at a time. */
const REQUESTS_PER_PERSON = 4;
/** Enough for a person who reloads impatiently. More requests come from a script. */
const WAITING_PER_PERSON = 16;
/** For all people together. Most of a request is waiting for the worker. Anonymous requests are not counted. */
const MAX_REQUESTS = 512;
/** As long as a call to the worker may take: by then, a request that is under way has ended. */
const PATIENCE_MS = 8_000;

/**
 * Limits the parallel requests of one signed-in person over all their browsers, because each page calls the
 * worker and some call Microsoft. Further requests wait for a short time and then get 503 with Retry-After.
 */
export function personBounds(
  personOf: (c: Context) => Promise<string | undefined>,
): MiddlewareHandler {
  const places = createFairPlaces(MAX_REQUESTS);
  return async (c, next) => {
    const name = await personOf(c);
    if (name === undefined) return next();
    const owner = { name, places: REQUESTS_PER_PERSON, waiting: WAITING_PER_PERSON };
    const signal = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const release = await places.take(owner, signal);
    if (release === 'full' || !release) {
      throw new Fault('landing.busy', 'one person requested too many pages at a time', {
        retry: 'later',
      });
    }
    try {
      return await next();
    } finally {
      release();
    }
  };
}
