import ipaddr from 'ipaddr.js';
import { callerId } from '@landfall/contracts/caller';
import { publisherOfCaller, things } from '@landfall/contracts/ownership';
import type { Call } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import type { NewEntry } from './chain.ts';
import type { Change } from './changes.ts';

/** Longer than any id of ours or of Microsoft's. */
const MAX_SUBJECT_LENGTH = 100;
const MAX_REASON_LENGTH = 500;
/** The input fields that name the subject of a call, the most particular first. None of them identifies a person. */
const SUBJECT_FIELDS = [
  ...Object.entries(things).flatMap(([thing, { field }]) => (thing === 'publisher' ? [] : [field])),
  // Procedures about these are limited by the publisher, so they are not things whose owner is looked up.
  'incidentId',
  'offerId',
  things.publisher.field,
];
/** An address of a person in a reason. */
const EMAIL = /[^\s<>"',;]+@[^\s<>"',;]+/g;
/** A ticket number or an id has a digit and no spaces: CHG-4711, INC0012345, a GUID. */
const TICKET = /^(?=.*\d)[\w.:#/-]{1,100}$/;

export interface Happened {
  readonly procedure: string;
  readonly input: unknown;
  readonly outcome: string;
  readonly change?: Change | undefined;
}

/** The entry for a call. Of the input it has the subject and the reasons, and nothing else. */
export function entryOf(call: Call, what: Happened, at: Date): NewEntry {
  const input = new Map(Object.entries(what.input ?? {}));
  const text = (field: string, maxLength: number) => storable(input.get(field), maxLength);
  const [subject = null] = SUBJECT_FIELDS.flatMap((field) => text(field, MAX_SUBJECT_LENGTH) ?? []);
  return {
    at,
    actor: callerId(call.caller),
    publisherId: publisherOfEntry(call, text('publisherId', MAX_SUBJECT_LENGTH)),
    procedure: what.procedure,
    subject,
    outcome: what.outcome,
    reason: text('reason', MAX_REASON_LENGTH)?.replaceAll(EMAIL, '(address)') ?? null,
    requestedBy: responsible(text('requestedBy', MAX_SUBJECT_LENGTH)),
    approvedBy: responsible(text('approvedBy', MAX_SUBJECT_LENGTH)),
    source: networkOf(call.from),
    before: what.change?.before ?? null,
    after: what.change?.after ?? null,
    correlationId: call.correlationId,
    times: 1,
  };
}

/**
 * The publisher whose admins see the entry. What the input names counts only for a caller who may act for all publishers:
 * others could write into the log of a publisher that they have nothing to do with.
 */
function publisherOfEntry({ caller, callerFor }: Call, named: string | null): string | null {
  const isUnknownHere =
    callerFor !== undefined && callerFor(named ?? undefined) instanceof Rejection;
  return publisherOfCaller(caller) ?? (isUnknownHere ? null : named);
}

/**
 * Who requested or approved something. A ticket number is kept. Anything else may be a person's name or address, which an
 * entry that cannot be changed must not have, so only the fact is kept that it was given.
 */
function responsible(given: string | null): string | null {
  if (given === null) return null;
  return TICKET.test(given) ? given : '(person)';
}

/** The first 3 bytes of an IPv4 address, or the /48 of an IPv6 address: an organisation, not a person. */
export function networkOf(address: string | undefined): string | null {
  const plain = address?.replace(/\/\d+$/, '') ?? '';
  if (!ipaddr.isValid(plain)) return null;
  const parsed = ipaddr.process(plain);
  const bytes = parsed.toByteArray();
  const kept = parsed.kind() === 'ipv4' ? 3 : 6;
  const network = ipaddr.fromByteArray(bytes.map((byte, index) => (index < kept ? byte : 0)));
  return `${network.toString()}/${kept * 8}`;
}

/** PostgreSQL takes neither NUL nor lone surrogates. The input of a refused call was not checked for them. */
function storable(value: unknown, maxLength: number): string | null {
  if (typeof value !== 'string' || value === '') return null;
  return value.slice(0, maxLength).replaceAll('\u0000', '').toWellFormed();
}
