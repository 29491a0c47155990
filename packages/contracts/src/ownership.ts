import type { Caller } from './caller.ts';
import { Rejection, type RejectionCode } from './rejections.ts';
import { text } from './text.ts';

/** Input field that limits a call to one publisher. Absent: all publishers that the caller may see. */
export const ofPublisher = { publisherId: text(100).min(1).optional() };

interface Named {
  /** The input field that holds the thing's id. */
  readonly field: string;
  readonly code: RejectionCode;
  readonly message: string;
}

/** What a procedure can be about, and the rejection for an id that does not exist. */
export const things = {
  subscription: {
    field: 'subscriptionId',
    code: 'subscription.not-found',
    message:
      'This subscription is unknown. Check the ID. A new subscription appears with its first visit, notification or reconciliation.',
  },
  change: {
    field: 'changeId',
    code: 'subscription.not-found',
    message: 'This change is unknown. Check the ID that the request for the change returned.',
  },
  run: {
    field: 'runId',
    code: 'reconciliation.not-found',
    message: 'No reconciliation run has this ID. See reconciliation.list.',
  },
  destination: {
    field: 'destinationId',
    code: 'destination.not-found',
    message: 'No destination has this ID. See destinations.list.',
  },
  delivery: {
    field: 'deliveryId',
    code: 'delivery.not-found',
    message: 'No delivery has this ID. See deliveries.list.',
  },
  notification: {
    field: 'notificationId',
    code: 'notification.not-found',
    message: 'No notification has this ID. See notifications.list.',
  },
  key: {
    field: 'keyId',
    code: 'key.not-found',
    message: 'No API key has this ID. See keys.list.',
  },
  operator: {
    field: 'operatorId',
    code: 'operator.not-found',
    message: 'No operator has this ID. See operators.list.',
  },
  matter: {
    field: 'matterId',
    code: 'matter.not-found',
    message: 'No matter has this ID. See matters.list.',
  },
  listener: {
    field: 'listenerId',
    code: 'listener.not-found',
    message:
      'No listener has this ID. A listener ends when its events are not taken for ten minutes. Open a new one.',
  },
  publisher: {
    field: 'publisherId',
    code: 'publisher.not-found',
    message: 'No publisher with this ID is available to you. Check publisherId.',
  },
} as const satisfies Record<string, Named>;

export type Thing = Exclude<keyof typeof things, 'publisher'>;

/**
 * How a procedure is limited for a caller with one publisher:
 * - a thing: the router looks up its owner before the handler runs. Another publisher's is "not found";
 * - `publisher`: the router sets the input's `publisherId` to the caller's, which limits all that is read
 *   or changed;
 * - `installation`: refused, because the procedure concerns all publishers at once.
 */
export type ScopedBy = Thing | 'publisher' | 'installation';

/** Finds the publisher of a thing by its id: null means no particular publisher, undefined an unknown id. */
export type PublisherOf<Things extends Thing = Thing> = {
  readonly [Name in Things]: (id: string) => Promise<string | null | undefined>;
};

/** A limited caller asked for a thing of another publisher, or for one that does not exist. */
export interface ForeignAttempt {
  readonly caller: Caller;
  readonly scopedBy: ScopedBy;
  readonly id: string | undefined;
}

/**
 * For the gateway's router, which calls from outside enter through. `by-owner`: the service to which the call is forwarded
 * looks up the thing.
 */
export interface EdgeOwnership<Things extends Thing = Thing> {
  /** The router refuses unknown input fields of callers from outside. */
  readonly isEdge: true;
  readonly publisherOf: {
    readonly [Name in Things]: PublisherOf<Name>[Name] | 'by-owner';
  };
}

/** Lets an owner's router find out which publisher owns a thing. */
export interface Ownership<Things extends Thing = Thing> {
  readonly publisherOf: PublisherOf<Things>;
  /** For the owner's log. The caller gets the same answer as for an unknown id. */
  readonly onForeign?: (attempt: ForeignAttempt) => void;
}

/** {@link Ownership} or {@link EdgeOwnership} of any table. */
export interface AnyOwnership extends Pick<Ownership, 'onForeign'> {
  readonly isEdge?: true;
  readonly publisherOf: Partial<EdgeOwnership['publisherOf']>;
}

/** The rejection for an unknown id, and for an id of another publisher's thing. */
export function notFound<Name extends keyof typeof things>(
  thing: Name,
): Rejection<(typeof things)[Name]['code']> {
  const { code, message } = things[thing];
  return new Rejection(code, message);
}

/** The publisher that a caller is limited to; undefined if the caller may see all publishers. */
export function publisherOfCaller(caller: Caller): string | undefined {
  return caller.kind === 'service' ? undefined : caller.publisherId;
}

/**
 * Checks a limited caller's input. Returns the input for the handler, with `publisherId` set where the
 * procedure takes it, or a rejection. Callers without a limit pass unchanged. With `by-owner`, the service
 * to which the call is forwarded looks up the thing. A router that cannot look up a thing refuses.
 */
export async function withinScope(
  scopedBy: ScopedBy,
  given: { readonly input: unknown; readonly caller: Caller },
  ownership: AnyOwnership | undefined,
): Promise<{ readonly input: unknown } | Rejection> {
  const { input, caller } = given;
  const limit = publisherOfCaller(caller);
  if (limit === undefined) return { input };
  if (scopedBy === 'installation') return forAllPublishers(caller);
  const id = fieldOf(input, things[scopedBy].field);
  if (scopedBy === 'publisher') {
    if (id === undefined || id === limit)
      return { input: { ...(input as object), publisherId: limit } };
  } else {
    const findPublisher = ownership?.publisherOf[scopedBy];
    if (findPublisher === 'by-owner') return { input };
    if (!findPublisher) return forAllPublishers(caller);
    if (id !== undefined && (await findPublisher(id)) === limit) return { input };
  }
  ownership?.onForeign?.({ caller, scopedBy, id });
  return notFound(scopedBy);
}

/** The text in a field of an input that has not been checked yet. */
export function fieldOf(input: unknown, field: string): string | undefined {
  const value: unknown = new Map(Object.entries(input ?? {})).get(field);
  return typeof value === 'string' ? value : undefined;
}

function forAllPublishers({ kind }: Caller): Rejection<'publisher.limited'> {
  return new Rejection(
    'publisher.limited',
    kind === 'operator'
      ? 'You act for one publisher, but this call concerns all publishers. It needs a role for all publishers.'
      : 'This key is limited to one publisher, but this call concerns all publishers. Ask an admin for a key without that limit.',
  );
}
