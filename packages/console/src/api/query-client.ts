import { hashKey, QueryCache, QueryClient, type QueryKey } from '@tanstack/react-query';
import { chosenPublisher } from '../app/publisher.ts';
import { noteSignedOut } from '../app/session.ts';
import { failedCallOf, isSignedOut } from './errors.ts';

/** Live events say what changed. Without them, a page that is looked at again is at most this old. */
const FRESH_MS = 30_000;
/** A service that restarts is back within seconds. */
const MAX_RETRIES = 2;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noteEndOfSession }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (count, error) => count < MAX_RETRIES && isPassing(error),
      // What one publisher was answered is not shown for another.
      queryKeyHashFn: (key: QueryKey) => hashKey([chosenPublisher() ?? null, ...key]),
    },
  },
});

function noteEndOfSession(error: unknown): void {
  if (isSignedOut(error)) noteSignedOut();
}

function isPassing(error: unknown): boolean {
  const status = failedCallOf(error)?.httpStatus;
  return status === undefined || status >= 502;
}
