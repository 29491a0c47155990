import type { Caller } from './procedures.ts';
import { Rejection, type RejectionCode } from './rejections.ts';
import { text } from './text.ts';

/** For inputs: of one publisher alone. Absent: of every publisher that the caller may see. */
export const ofPublisher = { publisherId: text(100).min(1).optional() };

interface Named {
  /** The field of an input that names it. */
  readonly field: string;
  readonly code: RejectionCode;
  readonly message: string;
}

/** What a procedure can be about, and how one that is not there is answered. */
export const things = {
  subscription: {
    field: 'subscriptionId',
    code: 'subscription.not-found',
    message: 'We know no such subscription. It appears here with its first visit or notification.',
  },
  change: {
    field: 'changeId',
    code: 'subscription.not-found',
    message: 'We know no such change of a subscription.',
  },
  run: {
    field: 'runId',
    code: 'reconciliation.not-found',
    message: 'There is no run of this id.',
  },
  destination: {
    field: 'destinationId',
    code: 'destination.not-found',
    message: 'There is no destination of this id.',
  },
  delivery: {
    field: 'deliveryId',
    code: 'delivery.not-found',
    message: 'There is no delivery of this id.',
  },
  notification: {
    field: 'notificationId',
    code: 'notification.not-found',
    message: 'There is no such notification.',
  },
  publisher: {
    field: 'publisherId',
    code: 'publisher.not-found',
    message: 'There is no such publisher.',
  },
} as const satisfies Record<string, Named>;

export type Thing = Exclude<keyof typeof things, 'publisher'>;

/**
 * What of a procedure a caller reaches who is limited to one publisher:
 * - a thing: it is looked up before the handler is asked, and not found where it is another's;
 * - `publisher`: the input's `publisherId` narrows everything that is read or changed, and is the caller's;
 * - `installation`: nothing, for it is about all publishers at once.
 */
export type ScopedBy = Thing | 'publisher' | 'installation';

/** Whose a thing is, by its id: null is nobody's in particular, undefined is unknown. */
export type PublisherOf<Things extends Thing = Thing> = {
  readonly [Name in Things]: (id: string) => Promise<string | null | undefined>;
};

/** A limited caller has asked for what is another's, or is not there at all. */
export interface ForeignAttempt {
  readonly caller: Caller;
  readonly scopedBy: ScopedBy;
  readonly id: string | undefined;
}

/** What an owner knows of its things, so that its router can tell whose they are. */
export interface Ownership<Things extends Thing = Thing> {
  readonly publisherOf: PublisherOf<Things>;
  /** For the owner's log: the caller is told the same as of what does not exist. */
  readonly onForeign?: (attempt: ForeignAttempt) => void;
}

/** The borders of whichever table, as its router sees them. */
export type AnyOwnership =
  | (Omit<Ownership, 'publisherOf'> & { readonly publisherOf: Partial<PublisherOf> })
  | 'by-owner';

/** The answer to an id that is unknown, and the same to one that is another publisher's. */
export function notFound<Name extends keyof typeof things>(
  thing: Name,
): Rejection<(typeof things)[Name]['code']> {
  const { code, message } = things[thing];
  return new Rejection(code, message);
}

/** The one publisher that a caller is limited to; undefined for whoever may see all of them. */
export function publisherOfCaller(caller: Caller): string | undefined {
  return caller.kind === 'api-key' ? caller.publisherId : undefined;
}

/**
 * The input as a handler may have it, or the rejection. Callers that see every publisher pass as they
 * are. `by-owner` is for whoever hands calls on and holds nothing: things are looked up behind it. A
 * router without ownership refuses limited callers what it cannot judge.
 */
export async function withinScope(
  scopedBy: ScopedBy,
  given: { readonly input: unknown; readonly caller: Caller },
  ownership: AnyOwnership | undefined,
): Promise<{ readonly input: unknown } | Rejection> {
  const { input, caller } = given;
  const own = publisherOfCaller(caller);
  if (own === undefined) return { input };
  if (scopedBy === 'installation') return forAllAlone();
  const id = fieldOf(input, things[scopedBy].field);
  if (scopedBy === 'publisher') {
    if (id === undefined || id === own)
      return { input: { ...(input as object), publisherId: own } };
  } else {
    if (ownership === 'by-owner') return { input };
    const look = ownership?.publisherOf[scopedBy];
    if (!look) return forAllAlone();
    if (id !== undefined && (await look(id)) === own) return { input };
  }
  if (typeof ownership === 'object') ownership.onForeign?.({ caller, scopedBy, id });
  return notFound(scopedBy);
}

function fieldOf(input: unknown, field: string): string | undefined {
  const value: unknown = new Map(Object.entries(input ?? {})).get(field);
  return typeof value === 'string' ? value : undefined;
}

function forAllAlone(): Rejection<'publisher.limited'> {
  return new Rejection(
    'publisher.limited',
    'This key is limited to one publisher, and this is about all of them. Ask an operator of the house.',
  );
}
