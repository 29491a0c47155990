import type { Logger } from '@landfall/service-kit/log';

/** One log line per reason in this time, so that a flood of false calls does not flood the log. */
const LOG_WINDOW_MS = 10_000;

/** Counted like a reason for refusal, but answered with 503. */
const UNVERIFIED = 'keys-unavailable';

export interface CallerCounters {
  accepted(publisherId: string | undefined): void;
  /** `publisherId`: the publisher that the caller claims to call, if that publisher is configured. */
  refused(reason: string, publisherId: string | undefined): void;
  /** The caller cannot be verified now, because the signing keys cannot be fetched. */
  unverified(): void;
  snapshot(): {
    readonly accepted: number;
    readonly unauthenticated: Record<string, number>;
    /** Refused calls since the last verified one, for each publisher. */
    readonly inARow: readonly { readonly refused: number; readonly lastAt: Date }[];
  };
}

/**
 * Counts calls by outcome since the start of the process. The first refusal for each reason in a window is logged as a
 * security event, with the counts since the last such line. The line is an error if no verified call came in between,
 * because then a proxy may be removing the Authorization header.
 */
export function createCallerCounters(log: Logger, now: () => Date): CallerCounters {
  let unverifiedSince = { at: Number.NEGATIVE_INFINITY, count: 0 };
  const unauthenticated = new Map<string, number>();
  const lastLines = new Map<string, { at: number; count: number; accepted: number }>();
  let accepted = 0;
  const inARow = new Map<string | undefined, { readonly refused: number; readonly lastAt: Date }>();
  return {
    accepted(publisherId) {
      accepted += 1;
      inARow.delete(publisherId);
      // Refused callers that name no publisher matter only while no verified call arrives.
      inARow.delete(undefined);
    },
    refused(reason, publisherId) {
      const count = (unauthenticated.get(reason) ?? 0) + 1;
      unauthenticated.set(reason, count);
      const lastAt = now();
      inARow.set(publisherId, { refused: (inARow.get(publisherId)?.refused ?? 0) + 1, lastAt });
      const last = lastLines.get(reason);
      const at = lastAt.getTime();
      if (last && at - last.at < LOG_WINDOW_MS) return;
      lastLines.set(reason, { at, count, accepted });
      const event = {
        event: 'webhook.unauthenticated',
        reason,
        refused: count - (last?.count ?? 0),
        accepted: accepted - (last?.accepted ?? 0),
      };
      if (last && event.accepted === 0) {
        log.error(
          event,
          'refused every webhook call; check that the proxy passes the Authorization header on',
        );
      } else {
        log.warn(event, 'refused a webhook call without a valid token');
      }
    },
    unverified() {
      const count = (unauthenticated.get(UNVERIFIED) ?? 0) + 1;
      unauthenticated.set(UNVERIFIED, count);
      const at = now().getTime();
      if (at - unverifiedSince.at < LOG_WINDOW_MS) return;
      const event = { event: 'webhook.keys-unavailable', calls: count - unverifiedSince.count };
      unverifiedSince = { at, count };
      log.error(
        event,
        'could not verify webhook callers; answered 503 so that Microsoft calls again',
      );
    },
    snapshot: () => ({
      accepted,
      unauthenticated: Object.fromEntries(unauthenticated),
      inARow: [...inARow.values()],
    }),
  };
}
