import type { TRPCError } from '@trpc/server';
import { isFault } from '@landfall/domain/fault';
import {
  RemoteError,
  type Call,
  type Handlers,
  type Procedures,
} from '@landfall/contracts/procedures';
import { callerId } from '@landfall/contracts/caller';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { insertAudit } from '../store/audit.ts';

/** Longer than any id of ours or of Microsoft's. */
const MAX_SUBJECT_LENGTH = 100;
/** The input fields that name the subject of a call. None of them identifies a person. */
const SUBJECT_FIELDS = [
  'subscriptionId',
  'changeId',
  'runId',
  'destinationId',
  'deliveryId',
  'notificationId',
  'offerId',
  'publisherId',
];

export interface Audit extends AsyncDisposable {
  /** Resolves once the row is stored, or its loss is logged. A lost row does not undo the call. */
  record(call: Call, what: { procedure: string; input: unknown; outcome: string }): Promise<void>;
}

/**
 * The audit log: one row per command, and per query of a limited key for something of another publisher. A row has the
 * key, the procedure, the subject and the outcome, but never the input.
 */
export function createAudit(deps: { db: Db; log: Logger; now: () => Date }): Audit {
  const { db, log, now } = deps;
  const writing = new Set<Promise<void>>();
  return {
    async record(call, { procedure, input, outcome }) {
      const entry = {
        at: now(),
        keyId: call.caller.kind === 'api-key' ? call.caller.keyId : callerId(call.caller),
        publisherId: publisherOfCaller(call.caller),
        procedure,
        subject: subjectOf(input),
        outcome,
        correlationId: call.correlationId,
      };
      const written = insertAudit(db, entry).catch((err: unknown) =>
        log.error({ err, audit: entry }, 'could not write a call to the audit log'),
      );
      writing.add(written);
      await written;
      writing.delete(written);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(writing);
    },
  };
}

/** Wraps the handlers: each command that succeeded is in the audit log before it is answered. */
export function audited<Table extends Procedures>(
  table: Table,
  handlers: Handlers<Table>,
  audit: Audit,
): Handlers<Table> {
  const wrapped = Object.entries(table).map(([namespace, specs]) => [
    namespace,
    Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => {
        const handle = handlers[namespace]?.[name] as AnyHandler;
        if (spec.kind !== 'command') return [name, handle];
        const auditedHandle: AnyHandler = async (input, call) => {
          const answer = await handle(input, call);
          await audit.record(call, { procedure: `${namespace}.${name}`, input, outcome: 'done' });
          return answer;
        };
        return [name, auditedHandle];
      }),
    ),
  ]);
  return Object.fromEntries(wrapped) as Handlers<Table>;
}

type AnyHandler = (input: unknown, call: Call) => Promise<unknown>;

/** The most specific code of a command that failed. */
export function outcomeOf(error: TRPCError): string {
  const { cause } = error;
  if (cause instanceof RemoteError) {
    return cause.details.rejection ?? cause.details.fault ?? error.code;
  }
  return isFault(cause) ? cause.code : error.code;
}

function subjectOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const fields = new Map(Object.entries(input));
  const subject = SUBJECT_FIELDS.map((name) => fields.get(name)).find(
    (value) => typeof value === 'string',
  );
  return typeof subject === 'string' ? subject.slice(0, MAX_SUBJECT_LENGTH) : undefined;
}
