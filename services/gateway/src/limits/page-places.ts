import type { ServerResponse } from 'node:http';
import { createFairPlaces } from '@landfall/service-kit/fair-places';

/** Requests for pages that one address has under way: an office whose people open a page in the same second. */
const PLACES_PER_ADDRESS = 64;
/** Beyond it is a program. */
const WAITING_PER_ADDRESS = 128;
/** All addresses together; what is beyond waits its turn. */
const MAX_PLACES = 512;
/** As long as a person looks at an empty page. */
const PATIENCE_MS = 8_000;

export interface PagePlaces {
  /** `full` where this address waits for too much already, `late` where no place became free in time. */
  take(address: string, res: ServerResponse): Promise<'taken' | 'full' | 'late'>;
}

/** Bounds the requests under way towards the landing page, so that one address cannot hold all of its time. */
export function createPagePlaces(): PagePlaces {
  const places = createFairPlaces(MAX_PLACES);
  return {
    async take(address, res) {
      const gone = new AbortController();
      res.once('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(PATIENCE_MS)]);
      const owner = { name: address, places: PLACES_PER_ADDRESS, waiting: WAITING_PER_ADDRESS };
      const release = await places.take(owner, signal);
      if (release === 'full') return 'full';
      if (release === undefined) return 'late';
      if (res.closed) release();
      else res.once('close', release);
      return 'taken';
    },
  };
}
