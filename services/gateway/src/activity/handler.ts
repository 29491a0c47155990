import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { activitySources, type activityProcedures } from '@landfall/contracts/activity-procedures';
import type { forwardedProcedures } from '@landfall/contracts/api';
import type { auditProcedures } from '@landfall/contracts/audit-procedures';
import type { matterProcedures } from '@landfall/contracts/matter-procedures';
import { withinScope } from '@landfall/contracts/ownership';
import type { Call, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { mergeParts, readPart, type ActivityRow, type Part, type Position } from './merge.ts';
import { activityReaders, type AskAsCaller } from './readers.ts';

/** A person waits for the page. An owner that restarts answers after 1.5 seconds. */
const DEADLINE_MS = 4_000;

const position = z.tuple([
  z.iso.datetime(),
  z.union([z.enum(activitySources), z.literal('')]),
  z.string().max(200),
]);

interface Parts {
  readonly forwarded: Handlers<typeof forwardedProcedures>;
  /** The gateway's own lists. */
  readonly audit: Pick<Handlers<typeof auditProcedures>['audit'], 'list'>;
  readonly matters: Pick<Handlers<typeof matterProcedures>['matters'], 'list'>;
  /** The machine's time, for deadlines. */
  readonly now: () => Date;
}

/**
 * Everything about one subscription, from the lists of all owners. They are called as the caller, so scopes and publishers apply.
 * An owner that does not answer in time is named in `missing`.
 */
export function activityHandlers(parts: Parts): Handlers<typeof activityProcedures>['activity'] {
  return {
    list: async ({ subscriptionId, sources, operationId, limit, cursor }, call) => {
      const key = decodeKey(cursor, position);
      if (key instanceof Rejection) return key;
      const after = key && toPosition(key);
      const id = subscriptionId.toLowerCase();
      const inTime = { ...call, deadline: soonest(call.deadline, parts.now(), DEADLINE_MS) };
      const ask = askerFor(parts, inTime);
      const isWanted = (row: ActivityRow) =>
        (sources === undefined || sources.includes(row.source)) &&
        (operationId === undefined ||
          row.operationId === operationId ||
          row.correlationId === operationId);
      const readers = activityReaders.filter(
        (one) => sources === undefined || one.sources.some((name) => sources.includes(name)),
      );
      const [known, ...read] = await Promise.all([
        // Answers "not found" for a subscription of another publisher, whatever sources are wanted.
        parts.forwarded.subscriptions.get({ subscriptionId: id }, inTime),
        ...readers.map(async (one): Promise<Part | Missing> => {
          if (!hasScope(call, one.spec.scope)) return { missing: 'no-scope' };
          const reader = one.reader(id, ask);
          return await readPart(reader, { after, limit, isWanted }).catch(missingBecause);
        }),
      ]);
      if (known instanceof Rejection) return known;
      const answered = read.filter((part): part is Part => 'rows' in part);
      const { rows, next } = mergeParts(answered, limit);
      const missing = new Map<ActivityRow['source'], Missing['missing']>();
      for (const [index, part] of read.entries()) {
        if ('rows' in part) continue;
        for (const name of readers[index]?.sources ?? []) missing.set(name, part.missing);
      }
      return {
        items: rows.map(withSource),
        nextCursor: next && encodeKey([next.at, next.source, next.id]),
        missing: [...missing]
          .filter(([source]) => sources === undefined || sources.includes(source))
          .map(([source, why]) => ({ source, why })),
      };
    },
  };
}

interface Missing {
  readonly missing: 'no-answer' | 'no-scope';
}

function missingBecause(error: unknown): Missing {
  const isForbidden = error instanceof TRPCError && error.code === 'FORBIDDEN';
  return { missing: isForbidden ? 'no-scope' : 'no-answer' };
}

function toPosition([at, source, id]: z.output<typeof position>): Position {
  return source === '' ? { at, source, id: '' } : { at, source, id };
}

function soonest(deadline: Date, now: Date, ms: number): Date {
  return new Date(Math.min(deadline.getTime(), now.getTime() + ms));
}

/** Forwarded calls are checked by their owner. Our own lists are checked here. */
function askerFor({ forwarded, audit, matters }: Parts, call: Call): AskAsCaller {
  return async (path, input) => {
    if (path === 'audit.list') return await askOwn(audit.list as Ask, input, call);
    if (path === 'matters.list') return await askOwn(matters.list as Ask, input, call);
    const [namespace = '', name = ''] = path.split('.');
    const owner = forwarded[namespace as keyof typeof forwarded] as Readonly<
      Record<string, (asked: object, by: Call) => Promise<unknown>>
    >;
    const handler = owner[name];
    if (!handler) throw new Error(`no procedure ${path}`);
    return await handler(input, call);
  };
}

type Ask = (input: object, call: Call) => Promise<unknown>;

async function askOwn(list: Ask, input: object, call: Call): Promise<unknown> {
  const { caller } = call;
  const within = await withinScope('publisher', { input, caller }, undefined);
  const answer = within instanceof Rejection ? within : await list(within.input as object, call);
  if (answer instanceof Rejection) throw new Error(answer.rejected);
  return answer;
}

function hasScope({ caller }: Call, scope: string): boolean {
  return caller.kind !== 'service' && caller.scopes.some((one) => one === scope);
}

/** Ids of different sources may be equal. */
function withSource(row: ActivityRow): ActivityRow {
  return { ...row, id: `${row.source}:${row.id}` };
}
