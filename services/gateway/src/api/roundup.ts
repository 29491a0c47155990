import { randomUUID } from 'node:crypto';
import { TRPCError } from '@trpc/server';
import { type FiringAlert, ownAlertProcedures } from '@landfall/contracts/alert-procedures';
import type { ServiceName } from '@landfall/contracts/services';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { outcomeOf } from './audit.ts';

/** Above the 1.5 seconds for which a call waits for an owner that restarts. People wait for the answer. */
const ASK_TIMEOUT_MS = 3_000;

export interface OwnerAnswer {
  readonly service: ServiceName;
  readonly answers: boolean;
  readonly firing: readonly FiringAlert[];
}

/** Asks the services for their alerts and remembers since when each has been silent. */
export interface Roundup {
  ask(): Promise<readonly OwnerAnswer[]>;
  silentSince(service: ServiceName): Date | undefined;
}

/**
 * Asks every service once at a time and shares the answers among concurrent callers. A service that answers with an
 * error does answer: an older version has no alerts, but it is running.
 */
export function createRoundup(options: {
  readonly clients: Readonly<Partial<Record<ServiceName, object>>>;
  readonly now: () => Date;
}): Roundup {
  const silent = new Map<ServiceName, Date>();
  let asking: Promise<readonly OwnerAnswer[]> | undefined;
  const askAll = () =>
    Promise.all(
      Object.entries(options.clients).map(async ([name, client]) => {
        const service = name as ServiceName;
        const answer = await askOne(service, client);
        if (answer.answers) silent.delete(service);
        else if (!silent.has(service)) silent.set(service, options.now());
        return answer;
      }),
    );
  return {
    ask() {
      asking ??= askAll().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    silentSince: (service) => silent.get(service),
  };
}

async function askOne(service: ServiceName, client: object): Promise<OwnerAnswer> {
  const { ownAlerts } = forwardHandlers(ownAlertProcedures, () => client);
  try {
    const answer = await ownAlerts.list(
      {},
      {
        caller: { kind: 'service', name: 'gateway' },
        correlationId: randomUUID(),
        deadline: new Date(Date.now() + ASK_TIMEOUT_MS),
      },
    );
    const { firing } = ownAlertProcedures.ownAlerts.list.output.parse(answer);
    return { service, answers: true, firing };
  } catch (error) {
    const isSilent = error instanceof TRPCError && outcomeOf(error).startsWith('rpc.');
    return { service, answers: !isSilent, firing: [] };
  }
}
