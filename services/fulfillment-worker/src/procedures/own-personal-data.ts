import { inTransaction } from '@landfall/service-kit/database';
import { correlationId } from '@landfall/service-kit/log';
import {
  ownPersonalData,
  type OwnPersonalData,
  type PersonRows,
} from '@landfall/service-kit/personal-data';
import { recordEvents } from '../record-events.ts';
import { erasePeopleOfEvents, eraseRecipients, subscriptionIdsIn } from '../store/erasure.ts';
import { lockLane } from '../store/lanes.ts';
import { lockSubscription } from '../store/subscriptions.ts';
import type { CommandDeps } from './deps.ts';

/** Finds and erases people in this service's tables. */
export function workerPersonalData(deps: Pick<CommandDeps, 'db' | 'now'>): OwnPersonalData {
  const db = deps.db.kysely;
  return ownPersonalData({
    service: 'fulfillment-worker',
    db,
    own: {
      product_events: ({ matches }) => erasePeopleOfEvents(db, matches),
      destinations: ({ matches, pattern }) => eraseRecipients(db, matches, pattern),
      subscriptions: (rows) => eraseFromSubscriptions(deps, rows),
    },
  });
}

async function eraseFromSubscriptions(
  deps: Pick<CommandDeps, 'db' | 'now'>,
  { matches, people, wholeTenant }: PersonRows,
): Promise<void> {
  const lower = (values: readonly (string | undefined)[]) =>
    values.flatMap((value) => (value === undefined ? [] : [value.toLowerCase()]));
  const whose = {
    objectIds: lower(people.map(({ objectId }) => objectId)),
    emails: lower(people.map(({ email }) => email)),
    wholeTenant,
  };
  for (const id of await subscriptionIdsIn(deps.db.kysely, matches)) {
    await inTransaction(deps.db, async (trx) => {
      await lockLane(trx, id);
      const before = await lockSubscription(trx, id);
      if (!before) return;
      const event = { type: 'personErased', whose } as const;
      const context = { cause: 'command', correlationId: correlationId() } as const;
      await recordEvents(trx, { before, events: [event], at: deps.now() }, context);
    });
  }
}
