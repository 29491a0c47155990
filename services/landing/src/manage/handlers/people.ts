import type { Context } from 'hono';
import { correlationId } from '@landfall/service-kit/log';
import type { Db, Role } from '../../db/schema.ts';
import { recordEvent } from '../../store/events.ts';
import { peopleOf, setRole, type Decided } from '../../store/members.ts';
import { managePath, seeOther } from '../../web/paths.ts';
import { peoplePage, type PeopleNotice } from '../pages/people.ts';
import { hasRight, isRole, mayGive } from '../roles.ts';
import type { Admitted } from '../visit.ts';

interface PeopleDeps {
  readonly db: Db;
  readonly now: () => Date;
}

/** `GET …/people`: the people who have access or requested it. */
export async function showPeople(
  deps: PeopleDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  return c.html(await page(deps, admitted, c.req.query('saved') === '' ? 'saved' : undefined));
}

/** `POST …/people`: gives a colleague access or another role, refuses a request, or removes access. */
export async function changePeople(
  deps: PeopleDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { session, subscription, fields } = admitted;
  const role = fields['do'] === 'set' && isRole(fields['role']) ? fields['role'] : undefined;
  const isUnderstood = role !== undefined || fields['do'] === 'remove';
  const person = fields['person'] ?? '';
  const decided = isUnderstood ? await decide(deps, admitted, { person, role }) : 'unknown';
  if (decided !== 'done') return c.html(await page(deps, admitted, decided), STATUS[decided]);
  const isSelf = person === session.visitor.objectId;
  return seeOther(c, managePath(subscription.id, isSelf ? '' : '/people?saved'));
}

/** Sets the role and records the event in one transaction. */
async function decide(
  { db, now }: PeopleDeps,
  { session, subscription }: Admitted,
  { person, role }: { person: string; role: Role | undefined },
): Promise<Decided> {
  const { visitor } = session;
  return await db.transaction().execute(async (trx) => {
    const decided = await setRole(trx, {
      subscriptionId: subscription.id,
      person,
      role,
      by: visitor,
      at: now(),
      isAllowed: (own, present) => isAllowed(own, present, role),
    });
    if (decided !== 'done') return decided;
    await recordEvent(trx, {
      kind: role ? 'access.given' : 'access.removed',
      subscriptionId: subscription.id,
      visitor,
      about: { tenantId: visitor.tenantId, objectId: person },
      correlationId: correlationId(),
      detail: role,
    });
    return decided;
  });
}

const STATUS: Readonly<Record<Exclude<Decided, 'done'>, 403 | 404 | 409>> = {
  unknown: 404,
  'owner-only': 403,
  'last-owner': 409,
  'too-many': 409,
};

function isAllowed(own: Role, present: Role | null, next: Role | undefined): boolean {
  return (
    hasRight(own, 'people') &&
    (present === null || mayGive(own, present)) &&
    (next === undefined || mayGive(own, next))
  );
}

async function page({ db }: PeopleDeps, admitted: Admitted, notice: PeopleNotice | undefined) {
  const { frame, subscription, role, session } = admitted;
  const { tenantId, objectId } = session.visitor;
  const people = await peopleOf(db, subscription.id, tenantId);
  const own = { role, objectId };
  return peoplePage(frame, { subscriptionId: subscription.id, ...people, own, notice });
}
