import { TRPCError } from '@trpc/server';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import {
  RemoteError,
  type Call,
  type Handlers,
  type Procedures,
} from '@landfall/contracts/procedures';
import type { RateLimit } from './rate-limit.ts';

/**
 * Wraps the handlers: calls of all keys and people that are limited to one publisher count together. It is in front of the
 * handlers, because the publisher for which a person acts is known only once the call has been read.
 */
export function limitPublishers<Table extends Procedures>(
  table: Table,
  handlers: Handlers<Table>,
  perPublisher: RateLimit,
): Handlers<Table> {
  const admit = ({ caller }: Call): void => {
    const publisherId = publisherOfCaller(caller);
    const waitMs = publisherId === undefined ? 0 : perPublisher.take(publisherId);
    if (waitMs === 0) return;
    const message = 'Too many calls for this publisher. Wait for the time in Retry-After.';
    const cause = new RemoteError(message, { retryAfterMs: waitMs });
    throw new TRPCError({ code: 'TOO_MANY_REQUESTS', message, cause });
  };
  const wrapped = Object.keys(table).map((namespace) => {
    const given = Object.entries(handlers[namespace] ?? {}) as [string, AnyHandler][];
    const limited = given.map(([name, handle]) => [
      name,
      (input: unknown, call: Call) => {
        admit(call);
        return handle(input, call);
      },
    ]);
    return [namespace, Object.fromEntries(limited)];
  });
  return Object.fromEntries(wrapped) as Handlers<Table>;
}

type AnyHandler = (input: unknown, call: Call) => unknown;
