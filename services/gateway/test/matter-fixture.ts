import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { MatterClosed, MatterOpened } from '@landfall/contracts/matters';
import type { MatterView } from '@landfall/contracts/matter-procedures';
import type { Scope } from '@landfall/contracts/scopes';
import { matterClosedFactOf, matterOpenedFactOf } from '@landfall/contracts/subjects';
import { testDatabase, testNats } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import type { Bus } from '@landfall/service-kit/bus';
import type { Db } from '../src/db/schema.ts';
import { bootGateway, makeKey, openGatewayDatabase, rawRequest, testBus } from './fixture.ts';

const owner = 'fulfillment-worker';
export const openedFact = matterOpenedFactOf(owner);
export const closedFact = matterClosedFactOf(owner);
export const matterScopes: readonly Scope[] = ['matters:read', 'matters:write'];

/** A gateway, a worker's bus that publishes matters, and calls of the API. */
export interface MatterFixture extends AsyncDisposable {
  readonly db: Db;
  readonly bus: Bus;
  /** Publishes the fact and waits until the list has it. */
  open(content?: Partial<MatterOpened>): Promise<MatterOpened>;
  close(matter: MatterOpened): Promise<void>;
  rowOf(id: string): Promise<{ version: number; endedAt: Date | null } | undefined>;
  call(
    path: string,
    input: object,
    of?: { publisherId?: string; method?: 'POST' },
  ): Promise<{ data: unknown; rejection: string | undefined; message: string | undefined }>;
  list(input?: object, publisherId?: string): Promise<MatterView[]>;
}

export async function openMatterFixture(): Promise<MatterFixture> {
  await using resources = new AsyncDisposableStack();
  const database = resources.use(await testDatabase({ services: ['gateway'] }));
  const nats = resources.use(await testNats());
  const gateway = resources.use(await bootGateway({ database, nats }));
  const db = resources.use(await openGatewayDatabase(database));
  const bus = resources.use(await testBus(nats));

  const rowOf: MatterFixture['rowOf'] = (id) =>
    db.kysely
      .selectFrom('matters')
      .select(['version', 'endedAt'])
      .where('id', '=', id)
      .executeTakeFirst();
  const call: MatterFixture['call'] = async (path, input, of = {}) => {
    const key = await makeKey(db, matterScopes, of.publisherId);
    const json = JSON.stringify(input);
    const headers = { authorization: `Bearer ${key.text}`, 'content-type': 'application/json' };
    const { body } =
      of.method === 'POST'
        ? await rawRequest(gateway, `/trpc/${path}`, { method: 'POST', headers, body: json })
        : await rawRequest(gateway, `/trpc/${path}?input=${encodeURIComponent(json)}`, { headers });
    const { result, error } = JSON.parse(body) as {
      result?: { data: unknown };
      error?: { data: { rejection?: string }; message: string };
    };
    return { data: result?.data, rejection: error?.data.rejection, message: error?.message };
  };
  const opened = resources.move();
  return {
    db,
    bus,
    rowOf,
    call,
    async open(content) {
      const matter = matterOf(content);
      await bus.publish(openedFact, matter, envelope());
      await until(`${matter.id} has version ${matter.version}`, async () => {
        const row = await rowOf(matter.id);
        return row !== undefined && row.version >= matter.version;
      });
      return matter;
    },
    async close(matter) {
      await bus.publish(closedFact, closingOf(matter), envelope());
      await until('it has ended', async () => (await rowOf(matter.id))?.endedAt != null);
    },
    async list(input = {}, publisherId) {
      const { data, message } = await call(
        'matters.list',
        input,
        publisherId === undefined ? {} : { publisherId },
      );
      expect(message).toBeUndefined();
      return (data as { items: MatterView[] }).items;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

export function matterOf(content: Partial<MatterOpened> = {}): MatterOpened {
  return {
    id: randomUUID(),
    owner,
    version: 1,
    kind: 'not-configured',
    key: randomUUID(),
    subject: { type: 'subscription', id: 's1' },
    publisherId: 'contoso',
    offerId: 'analytics',
    subscriptionId: 's1',
    severity: 'warning',
    params: { plan: 'gold', offer: 'analytics' },
    since: '2026-11-15T10:00:00.000Z',
    openedAt: '2026-11-15T10:00:00.000Z',
    ...content,
  };
}

export function closingOf({ id, kind, publisherId, subscriptionId }: MatterOpened): MatterClosed {
  const closedAt = '2026-11-16T10:00:00.000Z';
  return { id, kind, owner, publisherId, subscriptionId, closedAt, by: 'itself' };
}

export const envelope = () => ({
  messageId: randomUUID(),
  correlationId: 'c',
  occurredAt: new Date(),
});

export const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);
