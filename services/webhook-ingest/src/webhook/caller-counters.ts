import type { Logger } from '@landfall/service-kit/log';

/** A flood of strangers must not become a flood of log lines: one line per reason and window. */
const LOG_WINDOW_MS = 10_000;

/** Counted with the reasons of refusals; answered with 503. */
const UNVERIFIED = 'keys-unavailable';

export interface CallerCounters {
  accepted(publisherId: string | undefined): void;
  /** With the publisher that the caller claims to call, where it fits one. */
  refused(reason: string, publisherId: string | undefined): void;
  /** The caller cannot be verified now, because the signing keys cannot be fetched. */
  unverified(): void;
  snapshot(): {
    readonly accepted: number;
    readonly unauthenticated: Record<string, number>;
    /** Since the last genuine call, of each publisher by itself. */
    readonly inARow: readonly { readonly refused: number; readonly lastAt: Date }[];
  };
}

/**
 * Counts calls by outcome since the start of the process. Each reason's first refusal in a window is
 * logged as a security event with what has happened since; when nobody genuine has come through since
 * the last line, the line is an error, for then a proxy may be eating the Authorization header.
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
      // Strangers who fit nobody are news as long as nobody genuine comes.
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
        log.error(event, 'every webhook call is refused; is the Authorization header passed on?');
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
