import type { CheckName } from '@landfall/contracts/checks';
import type {
  Check,
  ownCheckProcedures,
  OwnCheckInput,
  OwnSetupValue,
} from '@landfall/contracts/doctor-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { RELEASE } from '@landfall/contracts/release';
import type { ServiceName } from '@landfall/contracts/services';
import { isFault } from '@landfall/domain/fault';
import type { Logger } from '../log/log.ts';

/** Longer than each check's own limits, and shorter than the time for which the gateway waits. */
const CHECK_TIMEOUT_MS = 8_000;

/** The outcome of a check, without what is known before it runs. */
export type Finding = Pick<Check, 'severity' | 'finding' | 'cause' | 'nextStep' | 'details'>;

/** A check that only reads, ends soon and has no effect. */
export interface CheckToRun {
  readonly check: CheckName;
  readonly publisherId?: string | undefined;
  readonly run: (signal: AbortSignal) => Promise<Finding>;
}

export type OwnChecks = Handlers<typeof ownCheckProcedures>['ownChecks'];

/**
 * The handlers of `ownChecks`, which every service answers. `checks` gives the service's checks for an input, and
 * `setup` the values for the set-up.
 */
export function createOwnChecks(options: {
  readonly service: ServiceName;
  readonly machineNow: () => Date;
  readonly log: Logger;
  readonly checks: (input: OwnCheckInput) => readonly CheckToRun[];
  readonly setup?: ((input: OwnCheckInput) => readonly OwnSetupValue[]) | undefined;
}): OwnChecks {
  const { service, machineNow, log, checks, setup } = options;
  return {
    run: async (input) => {
      const receivedAt = machineNow().toISOString();
      const found = await runChecks(checks(input), { service, log });
      const answeredAt = machineNow().toISOString();
      return { checks: found, release: RELEASE, receivedAt, answeredAt };
    },
    setup: async (input) => ({ values: [...(setup?.(input) ?? [])] }),
  };
}

/** Runs all checks at the same time. A check that fails or does not end in time is `unknown`. */
export function runChecks(
  checks: readonly CheckToRun[],
  of: { readonly service: ServiceName; readonly log: Logger },
): Promise<Check[]> {
  return Promise.all(
    checks.map(async ({ check, publisherId, run }) => {
      const startedAt = performance.now();
      const finding = await inTime(run).catch((error: unknown) => {
        if (!isFault(error)) of.log.error({ err: error, check }, 'a check failed');
        return notChecked(error);
      });
      const durationMs = Math.round(performance.now() - startedAt);
      return { check, service: of.service, publisherId, ...finding, durationMs };
    }),
  );
}

async function inTime(run: CheckToRun['run']): Promise<Finding> {
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve({
        severity: 'unknown',
        finding: `The check did not end within ${CHECK_TIMEOUT_MS / 1000} seconds.`,
        nextStep: "Run the doctor again. If it stays like this, read the service's log.",
      });
      limit.abort();
    }, CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([run(limit.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Messages of faults are written for operators. Those of bugs could contain anything. */
function notChecked(error: unknown): Finding {
  return {
    severity: 'unknown',
    finding: isFault(error)
      ? `The check could not be made: ${error.message}.`
      : 'The check could not be made because of a bug in Landfall.',
    nextStep: isFault(error)
      ? 'Repair this first, then run the doctor again.'
      : "Read the service's log.",
  };
}
