import { randomUUID } from 'node:crypto';
import type { Envelope } from '@landfall/contracts/envelope';
import type { ServiceName } from '@landfall/contracts/services';
import type { ConsumerDefinition } from '@landfall/contracts/streams';
import { notificationReceivedFact, type FactDefinition } from '@landfall/contracts/subjects';
import { streams } from '@landfall/contracts/streams';
import {
  notificationReceived,
  type NotificationReceived,
} from '@landfall/contracts/notification-facts';
import { migrate, openDatabase, type Database } from '../src/database/database.ts';
import { createLogger, type Logger } from '../src/log/log.ts';
import {
  messagingMigration,
  traceParentMigration,
  type OutboxTables,
} from '../src/outbox/outbox.ts';

export interface TestTables extends OutboxTables {
  note: { id: string; text: string };
}

/** Silent, unless LOG_LEVEL is set to investigate a failing test. */
export function testLog(lines?: string[]): Logger {
  if (lines) return createLogger('landing', 'debug', { write: (line) => void lines.push(line) });
  return createLogger('landing', process.env['LOG_LEVEL'] ?? 'silent');
}

export const migrations = {
  '0001-messaging': messagingMigration,
  '0003-trace-parent': traceParentMigration,
  '0002-note': {
    async up(db: Parameters<typeof messagingMigration.up>[0]) {
      await db.schema
        .createTable('note')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('text', 'text', (column) => column.notNull())
        .execute();
    },
  },
};

export async function migratedDatabase(
  url: string,
  service: ServiceName = 'webhook-ingest',
): Promise<Database<TestTables>> {
  const database = await openDatabase<TestTables>({
    url,
    service,
    log: testLog(),
  });
  await migrate(database, migrations);
  return database;
}

export const fact: FactDefinition<NotificationReceived> = {
  ...notificationReceivedFact,
  schema: notificationReceived,
};

export function notification(subscriptionId: string): NotificationReceived {
  return {
    notificationId: randomUUID(),
    subscriptionId,
    action: 'Renew',
    receivedAt: new Date().toISOString(),
  };
}

export function envelope(messageId: string = randomUUID()): Envelope {
  return { messageId, correlationId: `flow-${messageId}`, occurredAt: new Date() };
}

/** A durable consumer of the notifications' stream, for one test. */
export function consumerNamed(durable: string): ConsumerDefinition<NotificationReceived> {
  return {
    durable,
    consumer: 'fulfillment-worker',
    stream: streams.ingest,
    facts: [fact],
    summary: 'of a test',
  };
}
