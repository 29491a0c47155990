import { z } from 'zod';
import { headerNames } from '@landfall/contracts/envelope';
import type { Caller } from '@landfall/contracts/caller';
import type { Call } from '@landfall/contracts/procedures';
import { scopes } from '@landfall/contracts/scopes';
import { acceptCorrelationId } from '../log/correlation.ts';

/** For a caller that names no deadline; every client of ours does. */
const DEFAULT_DEADLINE_MS = 10_000;
/** No caller of ours waits longer; a number beyond it is a mistake. */
const MAX_TIME_LEFT_MS = 10 * 60_000;

/** A gateway that is upgraded before us may know more scopes; none of our procedures asks for those. */
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
]);

const request = z.object({ type: z.enum(['query', 'mutation']), input: z.unknown().optional() });

export type ProcedureRequest = z.output<typeof request>;

/** The body of a call; throws where it is none. */
export function parseRequest(body: string): ProcedureRequest {
  return request.parse(JSON.parse(body));
}

/** Who asks, in which flow, until when; undefined where the caller does not say who it is. */
export function callOf(headers: Readonly<Record<string, string>>): Call | undefined {
  const parsed = caller.safeParse(parseJson(headers[headerNames.caller]));
  if (!parsed.success) return undefined;
  return {
    caller: parsed.data,
    correlationId: acceptCorrelationId(headers[headerNames.correlationId]),
    deadline: deadlineOf(headers),
  };
}

/** By our clock: from the time that is left, or from the moment that a caller before it names. */
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
