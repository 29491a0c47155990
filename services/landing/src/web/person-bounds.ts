import type { MiddlewareHandler } from 'hono';
import { Fault } from '@landfall/domain/fault';
import { createFairPlaces } from '@landfall/service-kit/fair-places';
import type { Landing } from '../landing.ts';

/** A browser with some tabs: a page and its script send two or three requests at a time. */
const REQUESTS_PER_PERSON = 4;
/** Enough for a person who reloads impatiently. More requests come from a program. */
const WAITING_PER_PERSON = 16;
/** Most of a request is a wait for the worker. Only people who are signed in are counted here. */
const MAX_REQUESTS = 512;
/** As long as a page takes that does not wait for the worker. */
const PATIENCE_MS = 8_000;

/**
 * Lets a signed-in person ask for a few things at a time, in however many browsers: each page asks the worker, and
 * some of them ask Microsoft. Further requests wait a little and then get 503 with Retry-After.
 */
export function personBounds({ sessions }: Pick<Landing, 'sessions'>): MiddlewareHandler {
  const places = createFairPlaces(MAX_REQUESTS);
  return async (c, next) => {
    const name = await sessions.personOf(c);
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
