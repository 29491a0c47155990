import type { TRPCError } from '@trpc/server';
import { isFault } from '@landfall/domain/fault';
import {
  RemoteError,
  type Call,
  type Handlers,
  type Procedures,
} from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { createGroupCommit } from '@landfall/service-kit/group-commit';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { createAppender } from '../store/audit-append.ts';
import type { NewEntry } from './chain.ts';
import { changeReader, type AnyHandler } from './changes.ts';
import { entryOf, type Happened } from './entry.ts';

export interface Audit extends AsyncDisposable {
  /** Resolves once the entry is stored, or its loss is logged. A lost entry does not undo the call. */
  record(call: Call, what: Happened): Promise<void>;
}

/**
 * The audit log: one entry per command, and per query of a limited key for something of another publisher. Entries that
 * arrive together are appended to the chain with one transaction.
 */
export function createAudit(deps: {
  readonly db: Db;
  readonly log: Logger;
  readonly machineNow: () => Date;
}): Audit {
  const { db, log, machineNow } = deps;
  // One statement at a time: a second one would only wait for the lock of the chain.
  const chain = createAppender(db);
  const entries = createGroupCommit(
    async (group: readonly NewEntry[]) => {
      await chain.append(group);
      return group;
    },
    { maxStatements: 1 },
  );
  const writing = new Set<Promise<unknown>>();
  return {
    async record(call, what) {
      const entry = entryOf(call, what, machineNow());
      const written = entries.add(entry).catch((err: unknown) => {
        const { before: _, after: __, reason: ___, ...known } = entry;
        log.error({ err, audit: known }, 'could not write a call to the audit log');
      });
      writing.add(written);
      await written;
      writing.delete(written);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(writing);
    },
  };
}

/**
 * Wraps the handlers: each command that succeeded is in the audit log before it is answered, with what it changed if its spec
 * says how to read that.
 */
export function audited<Table extends Procedures>(
  table: Table,
  handlers: Handlers<Table>,
  audit: Audit,
): Handlers<Table> {
  const wrapped = Object.entries(table).map(([namespace, specs]) => {
    const handlerOf = (name: string) => handlers[namespace]?.[name] as AnyHandler;
    const wrappedNames = Object.entries(specs).map(([name, { kind }]) => {
      const handle = handlerOf(name);
      if (kind !== 'command') return [name, handle];
      const read = changeReader(specs, name, handlerOf);
      const auditedHandle: AnyHandler = async (input, call) => {
        const isTried = isDryRun(input);
        const readAfter = isTried ? undefined : await read?.(input, call);
        const answer = await handle(input, call);
        // The router makes an error of it, and failed calls are recorded there.
        if (answer instanceof Rejection) return answer;
        const change = await readAfter?.();
        await audit.record(call, {
          procedure: `${namespace}.${name}`,
          input,
          outcome: isTried ? 'dry-run' : 'done',
          change,
        });
        return answer;
      };
      return [name, auditedHandle];
    });
    return [namespace, Object.fromEntries(wrappedNames)];
  });
  return Object.fromEntries(wrapped) as Handlers<Table>;
}

function isDryRun(input: unknown): boolean {
  return new Map<string, unknown>(Object.entries(input ?? {})).get('dryRun') === true;
}

/** The most specific code of a command that failed. */
export function outcomeOf(error: TRPCError): string {
  const { cause } = error;
  if (cause instanceof RemoteError) {
    return cause.details.rejection ?? cause.details.fault ?? error.code;
  }
  return isFault(cause) ? cause.code : error.code;
}
