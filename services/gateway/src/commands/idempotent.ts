import { createHash, randomUUID } from 'node:crypto';
import { TRPCError } from '@trpc/server';
import { callerId } from '@landfall/contracts/caller';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import {
  RemoteError,
  type Call,
  type Handlers,
  type Procedures,
} from '@landfall/contracts/procedures';
import { Rejection, type RejectionCode } from '@landfall/contracts/rejections';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { claimKey, keepOutcome, releaseKey, type KeyedCall } from '../store/idempotent-calls.ts';

/** Longer than any call may take (12 seconds), so that a call that still runs is never started again. */
const LEASE_MS = 15_000;
/** Holds the verdicts on 1,000 usage records with long ids. Other answers are a few kilobytes. */
const MAX_ANSWER_LENGTH = 256 * 1024;
const MAX_KEY_LENGTH = 200;

type Outcome =
  | { readonly answer: unknown }
  | { readonly rejection: RejectionCode; readonly message: string }
  | { readonly withheld: 'secret' | 'size' };

type AnyHandler = (input: unknown, call: Call) => Promise<unknown>;

/**
 * The key in the header `Idempotency-Key`; undefined without one. Throws BAD_REQUEST for a key that is no short, printable
 * text, and for several calls in one request, because one key cannot name them all.
 */
export function idempotencyKey(header: string | undefined, calls = 1): string | undefined {
  if (header === undefined) return undefined;
  if (calls > 1) {
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: `Idempotency-Key names one call, and this request has ${calls}. Send the command in a request of its own.`,
    });
  }
  if (/^[!-~](?:[ -~]*[!-~])?$/.test(header) && header.length <= MAX_KEY_LENGTH) return header;
  throw new TRPCError({
    code: 'BAD_REQUEST',
    message: `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} printable ASCII characters.`,
  });
}

/**
 * Wraps the handlers of commands: a call with the key, caller, procedure and input of an earlier one gets its answer or
 * rejection and is not carried out again. Faults are not kept, so that a repeat tries again.
 */
export function idempotent<Table extends Procedures>(
  table: Table,
  handlers: Handlers<Table>,
  deps: { readonly db: Db; readonly log: Logger },
): Handlers<Table> {
  const wrapped = Object.entries(table).map(([namespace, specs]) => [
    namespace,
    Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => {
        const handle = handlers[namespace]?.[name] as AnyHandler;
        if (spec.kind !== 'command') return [name, handle];
        const once: AnyHandler = (input, call) =>
          call.idempotencyKey === undefined
            ? handle(input, call)
            : runOnce(deps, {
                keyed: keyedCall(`${namespace}.${name}`, input, call),
                answersSecret: spec.answersSecret === true,
                run: () => handle(input, call),
              });
        return [name, once];
      }),
    ),
  ]);
  return Object.fromEntries(wrapped) as Handlers<Table>;
}

function keyedCall(procedure: string, input: unknown, call: Call): KeyedCall {
  return {
    caller: callerId(call.caller),
    key: call.idempotencyKey ?? '',
    procedure,
    // A person who acts for another publisher now makes another call.
    inputHash: createHash('sha256')
      .update(canonical([publisherOfCaller(call.caller), input]))
      .digest(),
  };
}

/** JSON with sorted keys: the order in which a client writes fields says nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

async function runOnce(
  { db, log }: { readonly db: Db; readonly log: Logger },
  of: {
    readonly keyed: KeyedCall;
    readonly answersSecret: boolean;
    readonly run: () => Promise<unknown>;
  },
): Promise<unknown> {
  const { keyed } = of;
  const run = randomUUID();
  const earlier = await claimKey(db, keyed, { run, leaseMs: LEASE_MS });
  if (earlier) return repeated(earlier);
  const keep = (outcome: Outcome): Promise<void> =>
    // The command was carried out. A repeat after the lease would run it again, as without a key.
    keepOutcome(db, keyed, { run, outcome: JSON.stringify(outcome) }).catch((err: unknown) =>
      log.error({ err, procedure: keyed.procedure }, 'could not keep the outcome of a command'),
    );
  try {
    const answer = await of.run();
    await keep(outcomeOf(answer, of.answersSecret));
    return answer;
  } catch (error) {
    const rejection = error instanceof TRPCError ? rejectionOf(error) : undefined;
    if (rejection) await keep(rejection);
    else
      await releaseKey(db, keyed, run).catch((err: unknown) =>
        log.warn({ err }, 'could not release an idempotency key; its lease ends by itself'),
      );
    throw error;
  }
}

function outcomeOf(answer: unknown, answersSecret: boolean): Outcome {
  if (answer instanceof Rejection) return { rejection: answer.rejected, message: answer.message };
  if (answersSecret) return { withheld: 'secret' };
  const isTooLarge = JSON.stringify(answer).length > MAX_ANSWER_LENGTH;
  return isTooLarge ? { withheld: 'size' } : { answer };
}

function rejectionOf({ message, cause }: TRPCError): Outcome | undefined {
  const rejection = cause instanceof RemoteError ? cause.details.rejection : undefined;
  return rejection && { rejection, message };
}

function repeated({
  isSame,
  outcome,
}: {
  readonly isSame: boolean;
  readonly outcome: string | null;
}): unknown {
  if (!isSame) {
    return new Rejection(
      'idempotency.reused',
      'This Idempotency-Key was used for another call. Use a new key for each new call.',
    );
  }
  if (outcome === null) {
    return new Rejection(
      'idempotency.in-progress',
      'The call with this Idempotency-Key is still running. Repeat it in a few seconds to get its answer.',
    );
  }
  const kept = JSON.parse(outcome) as Outcome;
  if ('answer' in kept) return kept.answer;
  if ('rejection' in kept) return new Rejection(kept.rejection, kept.message);
  return kept.withheld === 'secret'
    ? new Rejection(
        'idempotency.secret-shown',
        'This call was carried out, and its answer showed a secret that Landfall does not keep. If you do not have it, remove or rotate what was created, with a new Idempotency-Key.',
      )
    : new Rejection(
        'idempotency.answer-gone',
        'This call was carried out, but its answer was too large to keep. Read the result with a query.',
      );
}
