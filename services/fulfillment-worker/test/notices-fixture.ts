import { randomUUID } from 'node:crypto';
import { matterClosedFactOf, matterOpenedFactOf } from '@landfall/contracts/subjects';
import type { MatterOpened } from '@landfall/contracts/matters';
import { until } from '@landfall/servers/wait';
import type { DeliveryFixture } from './deliveries-fixture.ts';

export const PUBLIC_URL = 'https://landfall.contoso.example';

/** The sender of mails, as the configuration parses it. */
export const MAIL_FROM = { name: 'Landfall', address: 'landfall@contoso.example' };

type Settings = Parameters<DeliveryFixture['client']['destinations']['create']['mutate']>[0];

/** Publishes a matter as its owner does. */
export async function openMatter(
  { fixture, now }: DeliveryFixture,
  of: Partial<MatterOpened> = {},
): Promise<MatterOpened> {
  const at = now().toISOString();
  const matter: MatterOpened = {
    id: randomUUID(),
    owner: 'billing-sync',
    version: 1,
    kind: 'usage-incident',
    key: randomUUID(),
    subject: { type: 'subscription', id: randomUUID() },
    publisherId: 'contoso',
    severity: 'warning',
    params: {},
    since: at,
    openedAt: at,
    ...of,
  };
  await publish(fixture, matterOpenedFactOf('billing-sync').subject, matter);
  return matter;
}

export async function closeMatter(
  { fixture, now }: DeliveryFixture,
  { id, kind }: Pick<MatterOpened, 'id' | 'kind'>,
  by: 'itself' | 'person' = 'itself',
): Promise<void> {
  const closed = { id, kind, owner: 'billing-sync', closedAt: now().toISOString(), by };
  await publish(fixture, matterClosedFactOf('billing-sync').subject, closed);
}

async function publish(
  { bus }: DeliveryFixture['fixture'],
  subject: string,
  fact: object,
): Promise<void> {
  const envelope = { messageId: randomUUID(), correlationId: 'c', occurredAt: new Date() };
  await bus.publishMessage(subject, JSON.stringify(fact), envelope);
}

/** A destination of one offer, so that tests do not see each other's matters. */
export async function destinationOf(
  { client }: DeliveryFixture,
  settings: Partial<Settings> & Pick<Settings, 'channel'>,
): Promise<{ readonly id: string; readonly offerId: string }> {
  const offerId = `offer-${randomUUID()}`;
  const { destination } = await client.destinations.create.mutate({
    label: 'On call',
    offerIds: [offerId],
    ...settings,
  });
  return { id: destination.id, offerId };
}

/** Waits until the destination has this many deliveries, and returns them, oldest first. */
export async function deliveriesWhen(
  fixture: DeliveryFixture,
  destinationId: string,
  count: number,
) {
  return await until(`the destination has ${count} deliveries`, async () => {
    const all = await fixture.deliveriesOf(destinationId);
    return all.length >= count && all.every(({ state }) => state !== 'waiting') && all;
  });
}
