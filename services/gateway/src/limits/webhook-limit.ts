import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RateLimit } from './rate-limit.ts';

/** Microsoft uses a token for about an hour, and each publisher has a few at a time. */
const MAX_KNOWN_TOKENS = 1_000;
/** Statuses that the ingest sends only to verified callers. 503 says nothing about the caller. */
const GENUINE_ANSWERS: ReadonlySet<number> = new Set([200, 400]);

export interface WebhookLimit {
  /** `waitMs` 0: the call may go on; call `settle` with the status of its answer. Otherwise the milliseconds to wait. */
  take(call: WebhookCall): { readonly waitMs: number; readonly settle: (status: number) => void };
}

export interface WebhookCall {
  readonly address: string;
  readonly authorization: string | undefined;
}

/**
 * Counts webhook calls so that forged calls do not use up the rate of Microsoft's calls, which may come from the same
 * address if proxies are not declared. A token that the ingest has accepted is counted by itself. All other calls are
 * counted by address, until the answer shows that the call was genuine.
 */
export function createWebhookLimit(rate: RateLimit): WebhookLimit {
  /** Fingerprints of tokens. */
  const known = new LRUCache<string, true>({ max: MAX_KNOWN_TOKENS });
  return {
    take({ address, authorization = '' }) {
      const token = hash('sha256', authorization, 'base64');
      const isKnown = known.get(token) === true;
      const counted = isKnown ? `token ${token}` : address;
      const settle = (status: number): void => {
        if (status === 401) known.delete(token);
        if (isKnown || !GENUINE_ANSWERS.has(status)) return;
        rate.giveBack(counted);
        known.set(token, true);
      };
      return { waitMs: rate.take(counted), settle };
    },
  };
}
