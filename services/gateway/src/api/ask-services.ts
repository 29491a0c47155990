import { randomUUID } from 'node:crypto';
import { TRPCError } from '@trpc/server';
import type { Call } from '@landfall/contracts/procedures';
import type { ServiceName } from '@landfall/contracts/services';
import { outcomeOf } from '../audit/recorder.ts';

/** A client for each service that answers calls. */
export type ServiceClients = Readonly<Partial<Record<ServiceName, object>>>;

export interface ServiceAnswer<Answer> {
  readonly service: ServiceName;
  readonly answers: boolean;
  /** Undefined if the service did not answer, or answered with an error. */
  readonly answer: Answer | undefined;
}

/**
 * Asks all services at the same time. A service that answers with an error does answer: an older version lacks the
 * procedure, but it is running.
 */
export function askServices<Answer>(
  clients: ServiceClients,
  options: {
    readonly timeoutMs: number;
    readonly ask: (client: object, call: Call) => Promise<Answer>;
  },
): Promise<readonly ServiceAnswer<Answer>[]> {
  return Promise.all(
    Object.entries(clients).map(async ([name, client]) => {
      const service = name as ServiceName;
      const call: Call = {
        caller: { kind: 'service', name: 'gateway' },
        correlationId: randomUUID(),
        deadline: new Date(Date.now() + options.timeoutMs),
      };
      try {
        return { service, answers: true, answer: await options.ask(client, call) };
      } catch (error) {
        const isSilent = error instanceof TRPCError && outcomeOf(error).startsWith('rpc.');
        return { service, answers: !isSilent, answer: undefined };
      }
    }),
  );
}
