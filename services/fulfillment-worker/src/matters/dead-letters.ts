import { deadLetterSubject, streams } from '@landfall/contracts/streams';
import { deadLetterHeaders, type Bus, type StoredMessage } from '@landfall/service-kit/bus';
import type { Found, MatterFinder } from '@landfall/service-kit/matters';
import type { FulfillmentTables } from '../db/schema.ts';

/** Letters are read one by one. Beyond this many, the exact number does not change what a person does. */
const MAX_READ = 100;

const PREFIX = deadLetterSubject('');

/** Dead letters of all services: one matter for each consumer. */
export function deadLetterFinder(
  bus: Pick<Bus, 'readStored'>,
): MatterFinder<FulfillmentTables, 'dead-letter'> {
  const everything = { stream: streams.deadLetters.name, subject: deadLetterSubject('>'), from: 1 };
  return {
    kind: 'dead-letter',
    async find() {
      const letters = await bus.readStored({ ...everything, limit: MAX_READ });
      const byConsumer = Map.groupBy(letters, ({ subject }) => subject.slice(PREFIX.length));
      return [...byConsumer].map(([consumer, those]) => matterOf(consumer, those));
    },
  };
}

/** Concerns all publishers: a letter may be about any of them. */
function matterOf(consumer: string, letters: readonly StoredMessage[]): Found {
  const [oldest] = letters;
  const reason = letters.at(-1)?.headers[deadLetterHeaders.reason] ?? '';
  return {
    key: consumer,
    subject: { type: 'consumer', id: consumer },
    severity: 'warning',
    params: { consumer, count: letters.length, reason: reason.slice(0, MAX_REASON) },
    since: (oldest?.storedAt ?? new Date(0)).toISOString(),
  };
}

/** A reason is a sentence. Longer ones are cut. */
const MAX_REASON = 300;
