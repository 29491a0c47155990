import { z } from 'zod';
import { callerId } from '@landfall/contracts/caller';
import type { LandingProcedures } from '@landfall/contracts/landing-procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { OwnershipOf, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { isTerminal } from '@landfall/domain/subscription';
import type { Logger } from '@landfall/service-kit/log';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import type { Subscriptions } from '../clients/subscriptions.ts';
import type { Db } from '../db/schema.ts';
import { waitingPageOf } from '../store/access-requests.ts';
import { recordEvent } from '../store/events.ts';
import type { Member } from '../store/members.ts';
import { peoplePageOf, putOwner, removePerson } from '../store/publisher-people.ts';

const personKey = z.tuple([z.guid()]);
const waitingKey = z.tuple([z.iso.datetime(), z.guid(), z.guid()]);

/** Lets the publisher see and change a customer's people, for example to add an owner when the last one has left. */
export function peopleProcedures(deps: {
  readonly db: Db;
  readonly subscriptions: Pick<Subscriptions, 'get'>;
  readonly now: () => Date;
}): Handlers<LandingProcedures>['people'] {
  const { db, subscriptions, now } = deps;
  const subscriptionOf = async (id: string): Promise<SubscriptionView | Rejection> => {
    const answer = await subscriptions.get(id.toLowerCase());
    return 'subscription' in answer ? answer.subscription : notFound('subscription');
  };
  return {
    async list({ subscriptionId, cursor, limit }) {
      const after = decodeKey(cursor, personKey);
      if (after instanceof Rejection) return after;
      const subscription = await subscriptionOf(subscriptionId);
      if (subscription instanceof Rejection) return subscription;
      const tenantId = tenantOf(subscription);
      if (tenantId === undefined) return { items: [] };
      const found = await peoplePageOf(db, {
        subscriptionId: subscription.id,
        tenantId,
        after: after?.[0],
        limit: limit + 1,
      });
      const { rows, nextCursor } = cutPage(found, limit, (last) => encodeKey([last.objectId]));
      return {
        items: rows.map((row) => memberView(row)),
        nextCursor,
      };
    },

    async waiting({ publisherId, cursor, limit }) {
      const after = decodeKey(cursor, waitingKey);
      if (after instanceof Rejection) return after;
      const found = await waitingPageOf(db, { publisherId, after, limit: limit + 1 });
      const { rows, nextCursor } = cutPage(found, limit, (last) =>
        encodeKey([(last.askedAt ?? now()).toISOString(), last.subscriptionId, last.objectId]),
      );
      const items = rows.map((row) => {
        const { subscriptionId, hasOwner } = row;
        const askedAt = (row.askedAt ?? now()).toISOString();
        return Object.assign(personView(row), {
          subscriptionId,
          askedAt,
          hasOwner: Boolean(hasOwner),
        });
      });
      return { items, nextCursor };
    },

    async nameOwner({ subscriptionId, objectId, requestedBy, name, email, dryRun }, call) {
      const { correlationId } = call;
      const subscription = await subscriptionOf(subscriptionId);
      if (subscription instanceof Rejection) return subscription;
      // After the end, nothing would erase the person.
      if (isTerminal(subscription)) {
        return new Rejection('subscription.ended', 'This subscription has ended for good.');
      }
      const tenantId = tenantOf(subscription);
      if (tenantId === undefined) return tenantUnknown();
      const { id, publisherId } = subscription;
      const at = now();
      const who = { tenantId, objectId: objectId.toLowerCase(), name, email };
      return await db.transaction().execute(async (trx) => {
        const put = await putOwner(trx, { subscriptionId: id, publisherId, who, at, dryRun });
        if (put === 'too-many') {
          const message =
            'The subscription has reached its maximum number of people. Remove one first.';
          return new Rejection('person.too-many', message);
        }
        const { owner, roleBefore, owners } = put;
        const answer = {
          ...personView(owner),
          role: 'owner' as const,
          named: !dryRun,
          roleBefore: roleBefore ?? undefined,
          owners: owners.map((one) => personView(one)),
        };
        if (dryRun) return answer;
        await recordEvent(trx, {
          kind: 'access.given',
          subscriptionId: id,
          about: who,
          correlationId,
          detail: `owner by publisher: ${requestedBy ?? callerId(call.caller)}`,
        });
        return answer;
      });
    },

    async remove({ subscriptionId, objectId, requestedBy, dryRun }, call) {
      const { correlationId } = call;
      const subscription = await subscriptionOf(subscriptionId);
      if (subscription instanceof Rejection) return subscription;
      const tenantId = tenantOf(subscription);
      if (tenantId === undefined) return tenantUnknown();
      const { id } = subscription;
      const who = { tenantId, objectId: objectId.toLowerCase() };
      return await db.transaction().execute(async (trx) => {
        const removal = { subscriptionId: id, who, at: now(), dryRun };
        const outcome = await removePerson(trx, removal);
        if (outcome === 'unknown') {
          const message = 'This person has no access to the subscription and has not requested it.';
          return new Rejection('person.not-found', message);
        }
        if (outcome === 'last-owner') {
          const message = 'This is the last owner. Add another one with people.nameOwner first.';
          return new Rejection('person.last-owner', message);
        }
        const was = Object.assign(personView(outcome), { role: outcome.role ?? undefined });
        if (dryRun) return { removed: false, was };
        await recordEvent(trx, {
          kind: 'access.removed',
          subscriptionId: id,
          about: who,
          correlationId,
          detail: `by publisher: ${requestedBy ?? callerId(call.caller)}`,
        });
        return { removed: true, was };
      });
    },
  };
}

/** The organisation that the subscription belongs to now. Microsoft's beneficiary decides. */
function tenantOf({ beneficiary, claimedBy }: SubscriptionView): string | undefined {
  return (beneficiary.tenantId ?? claimedBy?.tenantId)?.toLowerCase();
}

function tenantUnknown(): Rejection<'person.foreign'> {
  return new Rejection(
    'person.foreign',
    'Microsoft has not named the organisation of this subscription yet, so people cannot be added. Try again later.',
  );
}

function personView({
  tenantId,
  objectId,
  name,
  email,
}: Pick<Member, 'tenantId' | 'objectId' | 'name' | 'email'>) {
  return {
    tenantId,
    objectId,
    name: name ?? undefined,
    email: email ?? undefined,
  };
}

function memberView(row: Member) {
  return Object.assign(personView(row), {
    role: row.role ?? undefined,
    askedAt: row.askedAt?.toISOString(),
    decidedAt: row.decidedAt?.toISOString(),
  });
}

/** Asks the worker for the publisher of a subscription, so that the router can restrict limited keys. */
export function landingOwnership(deps: {
  readonly subscriptions: Pick<Subscriptions, 'get'>;
  readonly log: Logger;
}): OwnershipOf<LandingProcedures> {
  return {
    publisherOf: {
      subscription: async (id) => {
        const answer = await deps.subscriptions.get(id);
        return 'subscription' in answer ? answer.subscription.publisherId : undefined;
      },
    },
    onForeign: (attempt) =>
      deps.log.warn({ security: true, ...attempt }, "a key asked for another publisher's data"),
  };
}
