import { z } from 'zod';
import { callerId } from '@landfall/contracts/caller';
import { headerNames } from '@landfall/contracts/envelope';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { MAX_NAMED, MAX_REPLAY } from '@landfall/contracts/repair-procedures';
import { deadLetterSubject, streams } from '@landfall/contracts/streams';
import { deadLetterHeaders, type Bus, type StoredMessage } from '@landfall/service-kit/bus';
import { cutPage, invalidCursor } from '@landfall/service-kit/paging';
import { recordReplay } from '../store/replays.ts';
import type { ProcedureDeps } from './deps.ts';

export interface DeadLetterDeps extends Pick<ProcedureDeps, 'db' | 'now' | 'log'> {
  readonly bus: Pick<Bus, 'readStored' | 'removeStored' | 'publishMessage'>;
}

const stream = streams.deadLetters.name;
const PREFIX = deadLetterSubject('');
const SAFE_TOKEN = /^[\w-]+$/;

/**
 * Messages that a consumer of any service gave up on. A replay publishes the message on its old subject under
 * a new id, which is the same for each replay of one letter, and then removes the letter. A crash in between
 * repeats it without a second effect.
 */
export function deadLetterProcedures(
  deps: DeadLetterDeps,
): Handlers<FulfillmentProcedures>['deadLetters'] {
  const { bus } = deps;
  return {
    list: async ({ durable, cursor, limit }) => {
      const from = cursor === undefined ? 1 : Number(cursor);
      if (!Number.isSafeInteger(from) || from < 1) return invalidCursor();
      const letters = await read(bus, { durable, from, limit: limit + 1 });
      const page = cutPage(letters, limit, ({ sequence }) => String(sequence + 1));
      return { items: page.rows.map((letter) => viewOf(letter)), nextCursor: page.nextCursor };
    },

    replay: async ({ requestedBy, dryRun, ...wanted }, { caller }) => {
      const by = requestedBy ?? callerId(caller);
      const letters = await chosen(bus, wanted);
      const matched = letters.length;
      if (dryRun) return { matched, replayed: 0, items: namesOf(letters) };
      let replayed = 0;
      try {
        for (const letter of letters) {
          await publishAgain(bus, letter);
          replayed += 1;
        }
      } finally {
        const done = { matched, replayed, at: deps.now() };
        await recordReplay(deps.db.kysely, {
          what: 'deadLetters',
          requestedBy: by,
          wanted,
          ...done,
        });
        deps.log.info({ matched, replayed }, 'replayed dead letters');
      }
      return { matched, replayed };
    },

    discard: async ({ requestedBy, dryRun, because, ...wanted }, { caller }) => {
      const letters = await chosen(bus, wanted);
      const matched = letters.length;
      if (dryRun) return { matched, discarded: 0, items: namesOf(letters) };
      let discarded = 0;
      try {
        for (const { sequence } of letters) {
          await bus.removeStored(stream, sequence);
          discarded += 1;
        }
      } finally {
        await recordReplay(deps.db.kysely, {
          what: 'deadLetters',
          requestedBy: requestedBy ?? callerId(caller),
          wanted: { ...wanted, because, discarded },
          matched,
          replayed: 0,
          at: deps.now(),
        });
        deps.log.info({ matched, discarded }, 'discarded dead letters');
      }
      return { matched, discarded };
    },
  };
}

type Reader = Pick<Bus, 'readStored'>;

async function chosen(
  bus: Reader,
  {
    sequences,
    durable,
  }: { sequences?: readonly number[] | undefined; durable?: string | undefined },
): Promise<StoredMessage[]> {
  if (!sequences) return await read(bus, { durable, from: 1, limit: MAX_REPLAY });
  const found: StoredMessage[] = [];
  for (const sequence of new Set(sequences)) {
    const [letter] = await read(bus, { durable, from: sequence, limit: 1 });
    if (letter?.sequence === sequence) found.push(letter);
  }
  return found;
}

async function read(
  bus: Reader,
  page: { readonly durable: string | undefined; readonly from: number; readonly limit: number },
): Promise<StoredMessage[]> {
  const { durable, from, limit } = page;
  // Anything but a consumer's name could be a wildcard and match more than was requested.
  if (durable !== undefined && !SAFE_TOKEN.test(durable)) return [];
  return await bus.readStored({ stream, subject: deadLetterSubject(durable ?? '>'), from, limit });
}

async function publishAgain(bus: DeadLetterDeps['bus'], letter: StoredMessage): Promise<void> {
  const { headers, sequence, body, storedAt } = letter;
  const occurredAt = new Date(headers[headerNames.occurredAt] ?? Number.NaN);
  const messageId = headers[deadLetterHeaders.messageId] || 'unnamed';
  await bus.publishMessage(headers[deadLetterHeaders.subject] ?? '', body, {
    messageId: `${messageId}:again-${sequence}`,
    correlationId: headers[headerNames.correlationId] ?? `${stream}:${sequence}`,
    causationId: headers[headerNames.causationId],
    occurredAt: Number.isNaN(occurredAt.getTime()) ? storedAt : occurredAt,
  });
  await bus.removeStored(stream, sequence);
}

function namesOf(letters: readonly StoredMessage[]) {
  return letters.slice(0, MAX_NAMED).map((letter) => nameOf(letter));
}

function nameOf({ sequence, subject, headers }: StoredMessage) {
  const durable = subject.slice(PREFIX.length);
  return { sequence, durable, subject: headers[deadLetterHeaders.subject] ?? '' };
}

function viewOf(letter: StoredMessage) {
  const { headers, body, storedAt } = letter;
  const payload = parsed(body);
  return {
    ...nameOf(letter),
    reason: headers[deadLetterHeaders.reason] ?? '',
    attempts: Number(headers[deadLetterHeaders.attempts] ?? 0),
    messageId: headers[deadLetterHeaders.messageId] ?? '',
    storedAt: storedAt.toISOString(),
    publisherId: publisherIdIn(payload),
    payload,
  };
}

const aboutPublisher = z.union([
  z.object({ publisherId: z.string() }),
  z
    .object({ subscription: z.object({ publisherId: z.string() }) })
    .transform(({ subscription }) => subscription),
]);

/** The publisher that a fact names, either itself or with its subscription. */
function publisherIdIn(payload: unknown): string | undefined {
  return aboutPublisher.safeParse(payload).data?.publisherId;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
