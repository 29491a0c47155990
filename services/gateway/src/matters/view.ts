import type { z } from 'zod';
import type { matterView } from '@landfall/contracts/matter-procedures';
import { incidentUrlOfMatter } from '@landfall/contracts/matter-incidents';
import { matterKinds } from '@landfall/contracts/matters';
import { isMatterKind, matterTexts } from '@landfall/words/matters';
import type { Db } from '../db/schema.ts';
import { namesOfPeople } from '../store/operators.ts';
import type { MatterRow } from '../store/matters.ts';

type View = z.input<typeof matterView>;

interface Deps {
  readonly db: Db;
  readonly publicUrl: string;
}

/** Matters as callers see them, with texts in their language and names of the people who take care of them. */
export async function viewsOf(
  { db, publicUrl }: Deps,
  rows: readonly MatterRow[],
  language: string | undefined,
): Promise<View[]> {
  const names = await namesOfPeople(
    db,
    rows.flatMap((row) => personOf(row) ?? []),
  );
  return rows.map((row) => {
    const { kind, params } = row;
    const person = personOf(row);
    return {
      id: row.id,
      kind,
      owner: row.owner,
      subject: { type: row.subjectType, id: row.subjectId },
      publisherId: row.publisherId ?? undefined,
      offerId: row.offerId ?? undefined,
      subscriptionId: row.subscriptionId ?? undefined,
      severity: row.severity,
      state: row.closedAt === null ? ('open' as const) : ('closed' as const),
      ...matterTexts({ kind, params }, language),
      incidentPage: incidentPageOf(row, publicUrl),
      params,
      since: row.since.toISOString(),
      openedAt: row.openedAt.toISOString(),
      dueAt: row.dueAt?.toISOString(),
      closes: isMatterKind(kind) ? matterKinds[kind].closes : 'itself',
      assignedTo: person && {
        ...person,
        name: names.get(`${person.tenantId}/${person.objectId}`),
      },
      snoozedUntil: row.snoozedUntil?.toISOString(),
      closedAt: row.closedAt?.toISOString(),
      closedBy: row.closedBy ?? undefined,
      closedReason: row.closedReason ?? undefined,
    };
  });
}

export async function viewOf(deps: Deps, row: MatterRow, language?: string): Promise<View> {
  const [view] = await viewsOf(deps, [row], language);
  if (!view) throw new Error('a row has a view');
  return view;
}

/** The address of the incident page about a matter, if there is one. */
export function incidentPageOf(row: MatterRow, publicUrl: string): string | undefined {
  return incidentUrlOfMatter({ ...row, subject: { id: row.subjectId } }, publicUrl);
}

function personOf({ assignedTenant: tenantId, assignedObject: objectId }: MatterRow) {
  return tenantId === null || objectId === null ? undefined : { tenantId, objectId };
}
