import { decisionRequest } from '@landfall/contracts/decision-request';
import { productEvent } from '@landfall/contracts/product-events';
import type { DecisionAnswer, DecisionRequest, ProductEvent } from './api.ts';
import type { Receiver } from './node-handler.ts';
import { ProductEventError, verifySigned } from './signature.ts';
import { warn } from './warn.ts';

export type { DecisionAnswer, DecisionRequest, ProductEvent } from './api.ts';
export {
  nodeHandler,
  type Receiver,
  type NodeHandler,
  type NodeRequest,
  type NodeResponse,
} from './node-handler.ts';
export { ProductEventError, type ProductEventErrorCode } from './signature.ts';

/** How long Landfall waits for a decision, if the request does not say it. */
const DECISION_WITHIN_MS = 3_000;
/** Landfall repeats an event that it could not deliver, which concerns few at a time. About 1 MB. */
const KEPT_IDS = 10_000;
/** Events are about 2 KB. */
const MAX_BODY_BYTES = 256 * 1024;
/** A repeated decision request comes within seconds. */
const KEPT_ANSWERS = 1_000;

/** Remembers which events were handled. For several processes, or to remember across restarts, keep the ids in your database. */
export interface SeenIds {
  /** Whether the event with this id was handled. */
  readonly has: (id: string) => boolean | Promise<boolean>;
  /** Called after the event with this id was handled. */
  readonly add: (id: string) => void | Promise<void>;
}

/** Options of {@link createReceiver}. */
export interface ReceiverOptions {
  /** The destination's secrets in force (`whsec_…`): one, or two during a rotation. */
  readonly secrets: readonly string[];
  /**
   * Handles an event. Store it and return; if it throws, Landfall sends the event again later. Without it, events are answered
   * 501, and Landfall shows their deliveries as failed.
   */
  readonly onEvent?: (event: ProductEvent) => void | Promise<void>;
  /**
   * Decides on a customer's plan or seat change. The signal is aborted when the time for the answer is over. Without an answer
   * in time, `ask.onSilence` of your rules decides.
   */
  readonly onDecision?: (
    request: DecisionRequest,
    context: { readonly signal: AbortSignal },
  ) => DecisionAnswer | Promise<DecisionAnswer>;
  /** Events with an id that was handled are answered without calling `onEvent`. See `rememberIds`. */
  readonly seen?: SeenIds;
  /**
   * Called for each request that was not handled: it is not genuine (`ProductEventError`), your handler threw, or the decision
   * came too late (`TimeoutError`). Default: prints a warning on stderr.
   */
  readonly onError?: (error: unknown) => void;
  /** The current time. Default: the system clock. */
  readonly now?: () => Date;
}

/**
 * Receives the events and decision requests of one destination: checks the signature, calls your handler and answers. For
 * frameworks that pass Fetch API requests (Hono, Next.js, Deno); for others, wrap it in `nodeHandler`.
 *
 * The body must be untouched: put it before any middleware that parses JSON.
 */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { onError = warnOf } = options;
  const handled = onceById<number>(0);
  const decided = onceById<DecisionAnswer | undefined>(KEPT_ANSWERS);
  const receive = async (request: Request): Promise<Response> => {
    if (request.method !== 'POST') return empty(405);
    const body = await bodyOf(request);
    if (!body) return empty(413);
    const { headers } = request;
    const now = options.now?.() ?? new Date();
    const { id, content } = verifySigned({ headers, body, secrets: options.secrets, now });
    const asked = decisionRequest.safeParse(content);
    if (asked.success && asked.data.id === id) {
      const answer = await decided(id, () => decide(options, asked.data));
      return answer ? Response.json(answer) : empty(501);
    }
    const event = productEvent.safeParse(content);
    if (event.success && event.data.id === id) {
      return empty(await handled(id, () => handle(options, event.data)));
    }
    throw new ProductEventError(
      'event-unknown',
      'the request is genuine, but this version of the client does not know its kind',
    );
  };
  return async (request) => {
    try {
      return await receive(request);
    } catch (error) {
      onError(error);
      return empty(statusOf(error));
    }
  };
}

/** Remembers the last ids in this process's memory. Default: 10 000. */
export function rememberIds(kept: number = KEPT_IDS): SeenIds {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id),
    add: (id) => {
      ids.delete(id);
      ids.add(id);
      const [oldest] = ids;
      if (ids.size > kept && oldest !== undefined) ids.delete(oldest);
    },
  };
}

/** Strangers' requests are not errors of this program, so the place at which they were noticed does not matter. */
function warnOf(error: unknown): void {
  warn('A request was not handled', error instanceof ProductEventError ? error.message : error);
}

/** The status of the answer. */
async function handle({ onEvent, seen }: ReceiverOptions, event: ProductEvent): Promise<number> {
  if (!onEvent) return 501;
  if (await seen?.has(event.id)) return 204;
  await onEvent(event);
  await seen?.add(event.id);
  return 204;
}

async function decide(
  { onDecision }: ReceiverOptions,
  asked: DecisionRequest,
): Promise<DecisionAnswer | undefined> {
  if (!onDecision) return undefined;
  const signal = AbortSignal.timeout(asked.answerWithinMs ?? DECISION_WITHIN_MS);
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return await Promise.race([onDecision(asked, { signal }), late]);
}

/**
 * Landfall repeats a request whose answer was lost. While its first one is handled, and for the last `kept` ids afterwards, a
 * repetition gets the same result. After a failure it is handled again.
 */
function onceById<Result>(kept: number) {
  const results = new Map<string, Promise<Result>>();
  return async (id: string, work: () => Promise<Result>): Promise<Result> => {
    const known = results.get(id);
    if (known) return await known;
    const result = work();
    results.set(id, result);
    try {
      return await result;
    } catch (error) {
      results.delete(id);
      throw error;
    } finally {
      const [oldest] = kept === 0 ? [id] : results.keys();
      if (results.size > kept && oldest !== undefined) results.delete(oldest);
    }
  };
}

/** A kind of event from a newer Landfall is genuine and needs no repetition. */
function statusOf(error: unknown): number {
  if (!(error instanceof ProductEventError)) {
    return error instanceof DOMException && error.name === 'TimeoutError' ? 503 : 500;
  }
  if (error.code === 'event-unknown') return 204;
  return error.code === 'secret-invalid' ? 500 : 400;
}

function empty(status: number): Response {
  return new Response(null, { status });
}

/** Undefined if the body is too large. */
async function bodyOf({ body }: Request): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
