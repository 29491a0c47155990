import type { ServerResponse } from 'node:http';

/**
 * Memory for request bodies in one process: several hundred of the usual size, or 64 of the largest that we accept.
 * A small container has 512 MB.
 */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
/** The share of one caller: eight of the largest bodies, which is as many calls as it may make at a time. */
const SHARE_OF_A_CALLER = 1 / 8;
/**
 * How many characters at the end of a caller's name distinguish it from the others: a token ends with its signature.
 * Names are tokens of more than a thousand characters, and hashing a whole one costs more than the rest of the bookkeeping.
 */
const DISTINCT_CHARACTERS = 64;
/**
 * Headers of the answer if there is no room for a request's body. Most bodies are in memory for milliseconds, and the
 * longest for as long as the slowest answer.
 */
export const BUSY_HEADERS = { 'retry-after': '2', connection: 'close' } as const;

/** Reserves room for more bytes of one request; false if there is none. */
export type Reserve = (bytes: number) => boolean;

export interface BodyBudget {
  /**
   * The room of a request is freed when its answer is sent or its connection closes. A named `caller` can use only a
   * share of the room, so that a slow sender leaves some to the others.
   */
  reserveFor(res: ServerResponse, caller?: string): Reserve;
}

/** Bounds the bytes of all request bodies in memory. */
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
    reserveFor(res, name) {
      const caller = name?.slice(-DISTINCT_CHARACTERS);
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

/** Answers 503 and not 4xx, because Microsoft would take a 4xx as a decision. */
export function bodyBudgetSpent(correlationId: string | undefined): Response {
  return Response.json({ error: 'busy', correlationId }, { status: 503, headers: BUSY_HEADERS });
}
