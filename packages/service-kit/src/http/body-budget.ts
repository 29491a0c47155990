import type { ServerResponse } from 'node:http';

/**
 * Request bodies in the memory of one process at a time: several hundred of the usual size, or 64 of the
 * largest one that we take. A small container has 512 MB.
 */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
/** Of one caller: eight of the largest bodies, as many calls as it may have at a time. */
const SHARE_OF_A_CALLER = 1 / 8;
/** A body is in memory for milliseconds, or as long as the slowest answer. */
const RETRY_AFTER_SECONDS = '2';

/** Asks for room for more bytes of one request; false where there is none. */
export type Reserve = (bytes: number) => boolean;

export interface BodyBudget {
  /**
   * Everything reserved for a request is free again when its answer is sent or its connection is gone. A
   * `caller` that is named has a share of the room, so that one who sends slowly leaves some to all others.
   */
  reserveFor(res: ServerResponse, caller?: string): Reserve;
}

/** Bounds the bytes of request bodies that are held in memory at a time, whoever sends them. */
export function createBodyBudget(maxBytes = MAX_BUFFERED_BYTES): BodyBudget {
  let held = 0;
  const heldBy = new Map<string, number>();
  const add = (bytes: number, caller: string | undefined): void => {
    held += bytes;
    if (caller === undefined) return;
    const own = (heldBy.get(caller) ?? 0) + bytes;
    if (own > 0) heldBy.set(caller, own);
    else heldBy.delete(caller);
  };
  const hasRoom = (bytes: number, caller: string | undefined): boolean => {
    const own = caller === undefined ? 0 : (heldBy.get(caller) ?? 0) + bytes;
    return held + bytes <= maxBytes && own <= maxBytes * SHARE_OF_A_CALLER;
  };
  return {
    reserveFor(res, caller) {
      let own = 0;
      let isOver = res.closed;
      res.once('close', () => {
        isOver = true;
        add(-own, caller);
      });
      return (bytes) => {
        if (isOver || !hasRoom(bytes, caller)) return false;
        add(bytes, caller);
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
