import type { Caller, OperatorCaller } from '@landfall/contracts/caller';
import { notFound } from '@landfall/contracts/ownership';
import { Rejection } from '@landfall/contracts/rejections';
import { roleDefinitions } from '@landfall/contracts/roles';
import { scopes as allScopes, type Scope } from '@landfall/contracts/scopes';
import type { OperatorRow } from '../store/operators.ts';
import type { OpenSession } from './sessions.ts';

/**
 * What a person may do in one call. `publisherId` is the publisher that the call names. Roles for all publishers count
 * everywhere. Someone who has only roles for several single publishers must name one of them.
 */
export function callerOf(
  { tenantId, objectId, roles }: Pick<OpenSession, 'tenantId' | 'objectId' | 'roles'>,
  publisherId: string | undefined,
): Caller | Rejection {
  const everywhere = roles.filter((role) => role.publisherId === null);
  const publishers = publishersOf(roles);
  const [only] = publishers;
  const chosen =
    publisherId ?? (everywhere.length === 0 && publishers.length === 1 ? only : undefined);
  if (chosen === undefined && everywhere.length === 0 && publishers.length > 1) {
    return new Rejection(
      'publisher.choose',
      `You have roles for several publishers. Choose one with the header Landfall-Publisher: ${publishers.join(', ')}.`,
    );
  }
  const there = roles.filter((role) => role.publisherId === chosen);
  if (chosen !== undefined && everywhere.length + there.length === 0 && roles.length > 0) {
    return notFound('publisher');
  }
  return {
    ...noScopes({ tenantId, objectId }),
    scopes: scopesOf(chosen === undefined ? everywhere : [...everywhere, ...there]),
    ...(chosen === undefined ? {} : { publisherId: chosen }),
  };
}

/** The caller before the publisher is chosen. It may do nothing. */
export function noScopes({
  tenantId,
  objectId,
}: Pick<OpenSession, 'tenantId' | 'objectId'>): OperatorCaller {
  return { kind: 'operator', tenantId, objectId, scopes: [] };
}

/** Publishers for which a person has a role of their own. */
export function publishersOf(roles: readonly OperatorRow[]): string[] {
  return [...new Set(roles.flatMap(({ publisherId }) => publisherId ?? []))].toSorted();
}

function scopesOf(roles: readonly OperatorRow[]): Scope[] {
  const held = new Set(roles.flatMap(({ role }) => roleDefinitions[role].scopes));
  return allScopes.filter((scope) => held.has(scope));
}
