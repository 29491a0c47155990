import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import { MAX_LISTENERS } from '@landfall/contracts/listener-procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { Handlers } from '@landfall/contracts/procedures';
import type { ProductEvent } from '@landfall/contracts/product-events';
import { invalidCursor } from '@landfall/service-kit/paging';
import { Rejection } from '@landfall/contracts/rejections';
import { inTransaction } from '@landfall/service-kit/database';
import { newSecret } from '../deliveries/sign.ts';
import { beginTake, insertListener, removeListener, takeEvents } from '../store/listeners.ts';
import type { ProcedureDeps } from './deps.ts';

/** A person hardly notices a quarter of a second. A look reads one index entry. */
const LOOK_MS = 250;

/** Events for programs that cannot be reached from outside. They are the same, byte for byte, as those of destinations. */
export function listenerProcedures(
  deps: Pick<ProcedureDeps, 'db' | 'log'>,
): Handlers<FulfillmentProcedures>['listeners'] {
  const { db, log } = deps;
  return {
    open: async (input) => {
      const listener = { ...input, id: randomUUID(), secret: newSecret() };
      const { id: listenerId, secret } = listener;
      const endsAt = await inTransaction(db, (trx) => insertListener(trx, listener, MAX_LISTENERS));
      if (!endsAt) return tooMany();
      log.info({ listenerId, publisherId: input.publisherId }, 'opened a listener of events');
      return { listenerId, secret, endsAt: endsAt.toISOString() };
    },

    take: async ({ listenerId, after, limit, waitMs }, { deadline }) => {
      if (after !== undefined && !/^\d{1,18}$/.test(after)) return invalidCursor();
      const turn = await inTransaction(db, (trx) => beginTake(trx, listenerId, after));
      if (!turn) return notFound('listener');
      const { take } = turn;
      const until = Math.min(Date.now() + waitMs, deadline.getTime() - LOOK_MS);
      let bodies = await takeEvents(db.kysely, { listenerId, take, limit });
      while (bodies.length === 0 && Date.now() < until) {
        await delay(LOOK_MS);
        bodies = await takeEvents(db.kysely, { listenerId, take, limit });
      }
      return {
        events: bodies.map((body) => JSON.parse(body) as ProductEvent),
        bodies,
        next: bodies.length > 0 ? take : after,
        endsAt: turn.endsAt.toISOString(),
      };
    },

    close: async ({ listenerId }) => {
      const removed = await inTransaction(db, (trx) => removeListener(trx, listenerId));
      return removed === undefined ? notFound('listener') : { removed };
    },
  };
}

function tooMany(): Rejection<'listener.too-many'> {
  const message = `${MAX_LISTENERS} listeners are open already. Close one of them, or wait until it ends by itself.`;
  return new Rejection('listener.too-many', message);
}
