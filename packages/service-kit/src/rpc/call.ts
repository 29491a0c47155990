import { z } from 'zod';
import { headerNames } from '@landfall/contracts/envelope';
import type { Caller } from '@landfall/contracts/caller';
import type { Call } from '@landfall/contracts/procedures';
import { scopes } from '@landfall/contracts/scopes';
import { acceptCorrelationId } from '../log/correlation.ts';

/** For a caller without a deadline. All our clients send one. */
const DEFAULT_DEADLINE_MS = 10_000;
/** No caller waits for longer. A larger number is a mistake. */
const MAX_TIME_LEFT_MS = 10 * 60_000;

/** Drops unknown scopes, which a newer gateway may send. None of our procedures needs them. */
const knownScopes = z
  .array(z.string())
  .transform((held) => scopes.filter((scope) => held.includes(scope)));

const caller: z.ZodType<Caller> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('service'), name: z.string() }),
  z.object({
    kind: z.literal('api-key'),
    keyId: z.string(),
    scopes: knownScopes,
    publisherId: z.string().min(1).optional(),
  }),
  z.object({
    kind: z.literal('operator'),
    tenantId: z.string().min(1),
    objectId: z.string().min(1),
    scopes: knownScopes,
    publisherId: z.string().min(1).optional(),
  }),
]);

const request = z.object({ type: z.enum(['query', 'mutation']), input: z.unknown().optional() });

export type ProcedureRequest = z.output<typeof request>;

/** Parses the body of a call. Throws if it is malformed. */
export function parseRequest(body: string): ProcedureRequest {
  return request.parse(JSON.parse(body));
}

/** The caller, correlation id and deadline of a call; undefined if the caller is missing or malformed. */
export function callOf(headers: Readonly<Record<string, string>>): Call | undefined {
  const parsed = caller.safeParse(parseJson(headers[headerNames.caller]));
  if (!parsed.success) return undefined;
  return {
    caller: parsed.data,
    correlationId: acceptCorrelationId(headers[headerNames.correlationId]),
    deadline: deadlineOf(headers),
  };
}

/** The deadline by our clock. Older callers send only a time, not the time left. */
function deadlineOf(headers: Readonly<Record<string, string>>): Date {
  const leftMs = Number(headers[headerNames.timeLeft] ?? Number.NaN);
  if (leftMs <= MAX_TIME_LEFT_MS) return new Date(Date.now() + leftMs);
  const named = new Date(headers[headerNames.deadline] ?? Number.NaN);
  const isValid = !Number.isNaN(named.getTime());
  return isValid ? named : new Date(Date.now() + DEFAULT_DEADLINE_MS);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
