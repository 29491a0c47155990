import { setTimeout } from 'node:timers/promises';
import { operatorRoles, roleDefinitions, type OperatorRole } from '@landfall/contracts/roles';
import type { Scope } from '@landfall/contracts/scopes';
import { Rejection } from '@landfall/contracts/rejections';
import { callerOf } from '../operators/caller.ts';
import { keyPresets } from '../keys/key-presets.ts';
import { createdKeyPage, invitedPage } from './pages/created.ts';
import { choosePublisherPage, consolePage } from './pages/home.ts';
import { unknownPublisherPage } from './pages/notes.ts';
import type { ConsoleContext, SentForm, Visit } from './visit.ts';

/** Keys can be revoked while the worker hangs, so the page does not wait for it. */
const PUBLISHERS_WITHIN_MS = 1_000;

/** The first page of keys and people. The API has all of them. */
const SHOWN = 100;

/** What the person has, and what the person may do next. */
export async function homePage(c: ConsoleContext, visit: Visit): Promise<Response> {
  const caller = callerOf(visit.session, visit.publisherId);
  if (caller instanceof Rejection) return c.html(choosePublisherPage(visit), 403);
  const held: readonly Scope[] = caller.kind === 'service' ? [] : caller.scopes;
  const may = (scope: Scope) => held.includes(scope);
  const covers = (wanted: readonly Scope[]) => wanted.every(may);
  const actsFor = caller.kind === 'service' ? undefined : caller.publisherId;
  const [keys, operators, publishers] = await Promise.all([
    may('keys:read') ? visit.api.keys.list({ limit: SHOWN }) : undefined,
    may('operators:read') ? visit.api.operators.list({ limit: SHOWN }) : undefined,
    knownPublishers(visit),
  ]);
  if (actsFor !== undefined && publishers?.includes(actsFor) === false) {
    return c.html(unknownPublisherPage(actsFor), 404);
  }
  return c.html(
    consolePage(visit, {
      actsFor,
      publishers,
      keys: keys?.items,
      presets: may('keys:write')
        ? Object.entries(keyPresets).filter(([, { scopes }]) => covers(scopes))
        : [],
      operators: operators?.items,
      roles: may('operators:write')
        ? operatorRoles.filter((role) => covers(roleDefinitions[role].scopes))
        : [],
    }),
  );
}

/** Undefined for a person with roles for single publishers, and while the worker, which knows the publishers, does not answer. */
async function knownPublishers(visit: Visit): Promise<readonly string[] | undefined> {
  const isEverywhere = visit.session.roles.some(({ publisherId }) => publisherId === null);
  if (!isEverywhere) return undefined;
  try {
    const list = visit.everywhere.publishers.list({});
    const answer = await Promise.race([list, setTimeout(PUBLISHERS_WITHIN_MS)]);
    return answer?.items.flatMap(({ publisherId }) => publisherId ?? []);
  } catch {
    return undefined;
  }
}

export async function createKey(c: ConsoleContext, { visit, fields }: SentForm): Promise<Response> {
  const { key, secret } = await visit.api.keys.create({
    label: fields['label'] ?? '',
    scopes: [...(keyPresets[fields['preset'] ?? '']?.scopes ?? [])],
    expiresInDays: Number(fields['days']),
    ...publisherIn(fields),
  });
  return c.html(createdKeyPage(visit, { key, secret }), 201);
}

export async function inviteOperator(
  c: ConsoleContext,
  { visit, fields }: SentForm,
): Promise<Response> {
  const invitation = await visit.api.operators.invite({
    role: fields['role'] as OperatorRole,
    ...publisherIn(fields),
  });
  return c.html(invitedPage(visit, invitation), 201);
}

function publisherIn({ publisherId = '' }: SentForm['fields']): { publisherId?: string } {
  return publisherId.trim() ? { publisherId: publisherId.trim() } : {};
}
