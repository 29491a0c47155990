import type { CheckToRun, Finding } from './checks.ts';

/**
 * Calls between the services carry their deadline as a time, and a decision has ten seconds. A second less is a tenth of
 * it.
 */
const WARNING_MS = 1_000;
/** Webhook tokens are verified with this tolerance. Beyond it, Landfall refuses Microsoft's calls. */
const ERROR_MS = 60_000;
/** Microsoft Entra ID refuses signatures and tokens from here on. */
const ENTRA_LIMIT = 'five minutes';
/** A small document from a near server. */
const ENTRA_TIMEOUT_MS = 5_000;
/** The Date header has whole seconds, so the true time is up to a second later. */
const DATE_HEADER_MS = 1_000;

/** Milliseconds by which another clock is ahead of ours, and by how much that may be wrong. */
export interface ClockReading {
  readonly aheadMs: number;
  readonly uncertainMs: number;
}

/** The other clock's time was read at some moment between `before` and `after` of ours. */
export function clockReading(at: {
  readonly before: number;
  readonly other: number;
  readonly after: number;
}): ClockReading {
  const { before, other, after } = at;
  return { aheadMs: other - (before + after) / 2, uncertainMs: (after - before) / 2 };
}

/** What a difference of clocks means. `ours` and `other` name the clocks in the sentence. */
export function clockFinding(
  { aheadMs, uncertainMs }: ClockReading,
  clocks: { readonly ours: string; readonly other: string },
): Finding {
  const certainMs = Math.max(0, Math.abs(aheadMs) - uncertainMs);
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(1);
  const details = {
    offsetMs: String(Math.round(-aheadMs)),
    uncertainMs: String(Math.round(uncertainMs)),
  };
  if (certainMs <= WARNING_MS) {
    return {
      severity: 'ok',
      finding: `${clocks.ours} agrees with ${clocks.other}.`,
      details,
    };
  }
  return {
    severity: certainMs > ERROR_MS ? 'error' : 'warning',
    finding: `${clocks.ours} is ${seconds} seconds ${aheadMs > 0 ? 'behind' : 'ahead of'} ${clocks.other}.`,
    cause:
      certainMs > ERROR_MS
        ? `Above 60 seconds, Landfall refuses genuine calls of Microsoft, and above ${ENTRA_LIMIT} Microsoft Entra ID refuses ours.`
        : 'Calls between the services carry their deadline as a time, so a wrong clock shortens the ten seconds for a decision.',
    nextStep:
      'Set the clocks of both machines with a time service (chrony, systemd-timesyncd), and check that it runs.',
    details,
  };
}

/** Compares this machine's clock with the Date header of Microsoft Entra ID. */
export function entraClockCheck(options: {
  readonly authorityUrl: string;
  readonly machineNow: () => Date;
}): CheckToRun {
  const { authorityUrl, machineNow } = options;
  return {
    check: 'clock.entra',
    run: async (signal) => {
      const url = `${authorityUrl.replace(/\/+$/, '')}/common/discovery/v2.0/keys`;
      const before = machineNow().getTime();
      const limit = AbortSignal.any([signal, AbortSignal.timeout(ENTRA_TIMEOUT_MS)]);
      const answer = await fetch(url, { signal: limit, redirect: 'manual' }).catch(() => undefined);
      const after = machineNow().getTime();
      await answer?.body?.cancel();
      const date = Date.parse(answer?.headers.get('date') ?? '');
      if (Number.isNaN(date)) {
        return {
          severity: 'unknown',
          finding: answer
            ? 'The answer of Microsoft Entra ID has no readable Date header.'
            : 'Microsoft Entra ID did not answer.',
          nextStep: `Check that this service may connect to ${new URL(authorityUrl).host}.`,
        };
      }
      const reading = clockReading({ before, other: date + DATE_HEADER_MS / 2, after });
      const uncertainMs = reading.uncertainMs + DATE_HEADER_MS / 2;
      return clockFinding(
        { ...reading, uncertainMs },
        { ours: "The service's clock", other: "Microsoft Entra ID's" },
      );
    },
  };
}
