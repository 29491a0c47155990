import type { ServerResponse } from 'node:http';
import { createFairPlaces } from '@landfall/service-kit/fair-places';

/** Requests of one address at a time: an office in which many people open a page in the same second. */
const PLACES_PER_ADDRESS = 64;
/** More than this comes from a program. */
const WAITING_PER_ADDRESS = 128;
/** Requests of all addresses at a time. Further ones wait for their turn. */
const MAX_PLACES = 512;
/** As long as a person waits before an empty page. */
const PATIENCE_MS = 8_000;

export interface PagePlaces {
  /** `full`: too many requests of this address wait already. `late`: no place became free in time. */
  take(address: string, res: ServerResponse): Promise<'taken' | 'full' | 'late'>;
}

/** Bounds the requests that the landing service handles at a time, so that one address cannot occupy it. */
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
