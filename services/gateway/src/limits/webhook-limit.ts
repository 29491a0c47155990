import { hash } from 'node:crypto';
import type { RateLimit } from './rate-limit.ts';

/** Microsoft uses a token for about an hour; each publisher has a few at a time. */
const MAX_KNOWN_TOKENS = 1_000;
/** What the ingest answers to genuine callers only. 503 says nothing about the caller. */
const GENUINE_ANSWERS: ReadonlySet<number> = new Set([200, 400]);

export interface WebhookLimit {
  /** 0: go on, and settle with the answer. Else the milliseconds after which the call is welcome. */
  take(call: WebhookCall): { readonly waitMs: number; readonly settle: (status: number) => void };
}

export interface WebhookCall {
  readonly address: string;
  readonly authorization: string | undefined;
}

/**
 * Counts webhook calls so that forged ones do not use up the rate of genuine ones, which may come from the
 * same address where proxies are not declared. A token that the ingest has accepted is counted by itself;
 * all others are counted against their address until their answer shows that they are genuine.
 */
export function createWebhookLimit(rate: RateLimit): WebhookLimit {
  /** Fingerprints; the first one is the one not seen for the longest time. */
  const known = new Set<string>();
  return {
    take({ address, authorization = '' }) {
      const token = hash('sha256', authorization, 'base64');
      const isKnown = known.delete(token);
      if (isKnown) known.add(token);
      const counted = isKnown ? `token ${token}` : address;
      const settle = (status: number): void => {
        if (status === 401) known.delete(token);
        if (isKnown || !GENUINE_ANSWERS.has(status)) return;
        rate.giveBack(counted);
        known.add(token);
        const [oldest] = known;
        if (known.size > MAX_KNOWN_TOKENS && oldest !== undefined) known.delete(oldest);
      };
      return { waitMs: rate.take(counted), settle };
    },
  };
}
