import { NatsError, type JetStreamManager } from 'nats';
import { isUnknown } from './faults.ts';

/** JetStream's own error code: https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const SEQUENCE_NOT_FOUND = 10043;

/** A message stored in a stream. */
export interface StoredMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly storedAt: Date;
}

/** What to read from a stream: up to `limit` messages, starting at the first one at or after `from`. */
export interface StoredRange {
  readonly stream: string;
  /** May contain wildcards. */
  readonly subject: string;
  readonly from: number;
  readonly limit: number;
}

/** Reads in order, without a consumer. It makes one request per message, so it is for people, not for processing. */
export async function readStored(
  manager: JetStreamManager,
  { stream, subject, from, limit }: StoredRange,
): Promise<StoredMessage[]> {
  const found: StoredMessage[] = [];
  let next = from;
  while (found.length < limit) {
    const query = { seq: next, next_by_subj: subject };
    const message = await foundOrNone(manager.streams.getMessage(stream, query));
    if (!message) return found;
    found.push({
      sequence: message.seq,
      subject: message.subject,
      body: message.string(),
      headers: Object.fromEntries(
        message.header.keys().map((name) => [name, message.header.get(name)]),
      ),
      storedAt: message.time,
    });
    next = message.seq + 1;
  }
  return found;
}

/** Returns false if the message no longer existed. */
export async function removeStored(
  manager: JetStreamManager,
  stream: string,
  sequence: number,
): Promise<boolean> {
  const removed = await foundOrNone(manager.streams.deleteMessage(stream, sequence, false));
  return removed === true;
}

async function foundOrNone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const isGone = error instanceof NatsError && error.api_error?.err_code === SEQUENCE_NOT_FOUND;
    if (isGone || isUnknown(error)) return undefined;
    throw error;
  }
}
