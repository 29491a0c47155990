import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PublicRouter } from '@landfall/contracts/api';
import type { Call } from '@landfall/contracts/procedures';
import type { BodyBudget } from '@landfall/service-kit/body-budget';
import type { noteFailure } from '../api/trpc.ts';

export interface RestRouteParts {
  readonly router: PublicRouter;
  /** The context of one call. Throws a TRPCError without a valid caller, or above its rate. */
  readonly admit: (req: IncomingMessage, signal: AbortSignal) => Promise<Call>;
  readonly bodies: BodyBudget;
  /** Called with each failed call. */
  readonly onError: ReturnType<typeof noteFailure>;
}

/** A request that was admitted. */
export interface RestRequest {
  readonly parts: RestRouteParts;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly query: URLSearchParams;
  readonly call: Call;
  /** Admits another call by the same caller, which counts towards its rate. */
  readonly again: () => Promise<Call>;
}
