import type { ServerResponse } from 'node:http';

/**
 * Request bodies in the memory of one process at a time: several hundred of the usual size, or 64 of the
 * largest one that we take. A small container has 512 MB.
 */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
/** A body is in memory for milliseconds, or as long as the slowest answer. */
const RETRY_AFTER_SECONDS = '2';

/** Asks for room for more bytes of one request; false where there is none. */
export type Reserve = (bytes: number) => boolean;

export interface BodyBudget {
  /** Everything reserved for a request is free again when its answer is sent or its connection is gone. */
  reserveFor(res: ServerResponse): Reserve;
}

/** Bounds the bytes of request bodies that are held in memory at a time, whoever sends them. */
export function createBodyBudget(maxBytes = MAX_BUFFERED_BYTES): BodyBudget {
  let held = 0;
  return {
    reserveFor(res) {
      let own = 0;
      let isOver = res.closed;
      res.once('close', () => {
        isOver = true;
        held -= own;
      });
      return (bytes) => {
        if (isOver || held + bytes > maxBytes) return false;
        held += bytes;
        own += bytes;
        return true;
      };
    },
  };
}

export class BodyBudgetSpent extends Error {
  override readonly name = 'BodyBudgetSpent';
}

/** Our own trouble, also for those who take a 4xx for a decision. */
export function bodyBudgetSpent(correlationId: string | undefined): Response {
  return Response.json(
    { error: 'busy', correlationId },
    { status: 503, headers: { 'retry-after': RETRY_AFTER_SECONDS, connection: 'close' } },
  );
}
