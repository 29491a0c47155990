import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Call, Procedures } from '@landfall/contracts/procedures';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import { Rejection } from '@landfall/contracts/rejections';
import { boundedJson, redacted } from './redaction.ts';

/** Owners answer within milliseconds. A command is never held up for longer than this before it and after it. */
const READ_TIMEOUT_MS = 1_000;
/** The largest page, because the changed item may be on it. */
const PAGE = 200;

export type AnyHandler = (input: unknown, call: Call) => Promise<unknown>;

/** What a command changed, as JSON to store. */
export interface Change {
  readonly before: string;
  readonly after: string;
}

/** Reads what a command changes: call it before the command, and the returned function after it. */
export type ReadChange = (input: unknown, call: Call) => Promise<() => Promise<Change>>;

/**
 * How to read what a command changes, by the query in its `auditedBy`. Undefined if it has none. The readings never fail the
 * command: a side that could not be read in time is stored as `{"notRead": true}`.
 */
export function changeReader(
  specs: Procedures[string],
  command: string,
  handlerOf: (name: string) => AnyHandler,
): ReadChange | undefined {
  const name = specs[command]?.auditedBy;
  const query = name === undefined ? undefined : specs[name];
  if (name === undefined || query === undefined) return undefined;
  const read = handlerOf(name);
  return async (input, call) => {
    const wanted = withinPublisher(queryInput(query.input, input), call, query);
    const side = () => readSide({ read, input: wanted, call, query });
    const before = await side();
    return async () => sidesOf(before, await side());
  };
}

/** The fields of the command's input that the query knows. */
export function queryInput(query: z.ZodType, input: unknown): unknown {
  const known = query instanceof z.ZodObject ? new Set(Object.keys(query.shape)) : new Set();
  const given = Object.entries(input ?? {}).filter(([field]) => known.has(field));
  const asked = { ...Object.fromEntries(given), ...(known.has('limit') ? { limit: PAGE } : {}) };
  return query.parse(asked);
}

/** As the router does it: without this, the lists of the gateway itself would show changes of other publishers. */
function withinPublisher(
  input: unknown,
  { caller }: Call,
  { scopedBy }: Procedures[string][string],
): unknown {
  const publisherId = publisherOfCaller(caller);
  if (publisherId === undefined || scopedBy !== 'publisher') return input;
  return { ...(input as object), publisherId };
}

/** The gateway reads for itself, so the caller needs no scope for the query. The publisher of the caller still limits it. */
async function readSide(of: {
  readonly read: AnyHandler;
  readonly input: unknown;
  readonly call: Call;
  readonly query: Procedures[string][string];
}): Promise<unknown> {
  const { caller } = of.call;
  const { scope } = of.query;
  const reader =
    caller.kind === 'service' || scope === 'internal' || scope === 'any'
      ? caller
      : { ...caller, scopes: [scope] };
  const late = Symbol('late');
  const inTime = new AbortController();
  try {
    const answer = await Promise.race([
      of.read(of.input, {
        ...of.call,
        caller: reader,
        deadline: new Date(Math.min(of.call.deadline.getTime(), Date.now() + READ_TIMEOUT_MS)),
      }),
      delay(READ_TIMEOUT_MS, late, { signal: inTime.signal }),
    ]);
    if (answer === late) return NOT_READ;
    // Nothing was set yet, or the caller's publisher does not own it.
    return answer instanceof Rejection ? null : answer;
  } catch (error) {
    return isNotFound(error) ? null : NOT_READ;
  } finally {
    inTime.abort();
  }
}

const NOT_READ = { notRead: true };

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'NOT_FOUND';
}

/** Both sides without what is the same on both. */
function sidesOf(before: unknown, after: unknown): Change {
  const [left, right] = differences(before, after);
  return { before: boundedJson(redacted(left)), after: boundedJson(redacted(right)) };
}

/** Leaves out fields, and items of lists, that are equal on both sides. */
function differences(before: unknown, after: unknown): readonly [unknown, unknown] {
  if (before === NOT_READ || after === NOT_READ) return [before, after];
  if (Array.isArray(before) && Array.isArray(after)) {
    return [without(before, after), without(after, before)];
  }
  if (!isRecord(before) || !isRecord(after)) return [before, after];
  const left: [string, unknown][] = [];
  const right: [string, unknown][] = [];
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    // A cursor says where the page ended, not what was changed.
    if (field === 'nextCursor' || isDeepStrictEqual(before[field], after[field])) continue;
    const isList = Array.isArray(before[field]) && Array.isArray(after[field]);
    const [was, is] = isList
      ? differences(before[field], after[field])
      : [before[field], after[field]];
    if (field in before) left.push([field, was]);
    if (field in after) right.push([field, is]);
  }
  return [Object.fromEntries(left), Object.fromEntries(right)];
}

function without(items: readonly unknown[], others: readonly unknown[]): readonly unknown[] {
  return items.filter((item) => !others.some((other) => isDeepStrictEqual(item, other)));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
