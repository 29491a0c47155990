import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RateLimit } from './rate-limit.ts';

/** Microsoft uses a token for about an hour, and each publisher has a few at a time. */
const MAX_KNOWN_TOKENS = 1_000;
/**
 * The most calls of one genuine token at a time: a quarter of the connections that the server takes, so that a flood of one
 * publisher's calls leaves room for the others.
 */
const MAX_CALLS_OF_A_TOKEN = 1_024;
/** Statuses that the ingest sends only to verified callers. 503 says nothing about the caller. */
const GENUINE_ANSWERS: ReadonlySet<number> = new Set([200, 400]);

export interface WebhookLimit {
  /** Undefined if there is no room for the call. Otherwise, `settle` must be called when the call is over, with the status of its answer if it got one. */
  take(call: WebhookCall): { readonly settle: (status: number | undefined) => void } | undefined;
}

export interface WebhookCall {
  readonly address: string;
  readonly authorization: string | undefined;
}

interface KnownToken {
  open: number;
}

/**
 * Limits webhook calls so that forged calls do not use up the room of Microsoft's calls, which may come from the same
 * address if proxies are not declared. Calls with a token that the ingest has accepted have no rate limit: the ingest takes
 * as many as it can, and only the number of calls at a time is bounded. All other calls are counted by address, until the answer
 * shows that the call was genuine.
 */
export function createWebhookLimit(rate: RateLimit): WebhookLimit {
  /** By the fingerprints of tokens. */
  const known = new LRUCache<string, KnownToken>({ max: MAX_KNOWN_TOKENS });
  return {
    take({ address, authorization = '' }) {
      const token = hash('sha256', authorization, 'base64');
      const genuine = known.get(token);
      if (genuine) {
        if (genuine.open >= MAX_CALLS_OF_A_TOKEN) return undefined;
        genuine.open += 1;
      } else if (rate.take(address) > 0) {
        return undefined;
      }
      return {
        settle(status) {
          if (genuine) genuine.open -= 1;
          if (status === 401) known.delete(token);
          if (genuine || status === undefined || !GENUINE_ANSWERS.has(status)) return;
          rate.giveBack(address);
          if (authorization !== '' && !known.has(token)) known.set(token, { open: 0 });
        },
      };
    },
  };
}
