import { z } from 'zod';
import type { auditProcedures } from '@landfall/contracts/audit-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { cutPage, decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { anchor } from '../store/audit.ts';
import { entriesFrom, labelsOf, listEntries } from '../store/audit-list.ts';
import { checkLinks, type ChainedEntry, type Link } from './chain.ts';

type AuditHandlers = Handlers<typeof auditProcedures>['audit'];
type Verified = Exclude<Awaited<ReturnType<AuditHandlers['verify']>>, Rejection>;

const sequence = z.stringFormat('sequence', /^\d{1,18}$/);
/** Read and hashed in about ten milliseconds. */
const VERIFY_BATCH = 1_000;
/** Done within a second or two, so that the answer arrives in time. */
const MAX_VERIFIED = 50_000;

export function auditHandlers(db: Db): AuditHandlers {
  return {
    async list({ limit, cursor, ...filter }) {
      const position = decodeCursor(cursor, sequence);
      if (position instanceof Rejection) return position;
      const found = await listEntries(db, filter, { position, limit: limit + 1 });
      const { rows, nextCursor } = cutPage(found, limit, (last) =>
        encodeCursor({ at: last.at, id: last.sequence }),
      );
      const labels = await labelsOf(
        db,
        rows.map(({ actor }) => actor),
      );
      return { items: rows.map((row) => viewOf(row, labels.get(row.actor))), nextCursor };
    },
    async verify({ fromSequence, hash }) {
      const start = await startOf(db, fromSequence, hash);
      return 'brokenAt' in start
        ? { isIntact: false, checked: 0, brokenAt: start.brokenAt }
        : await verifyFrom(db, start);
    },
  };
}

/** The link before the first entry to check. */
async function startOf(
  db: Db,
  fromSequence: string | undefined,
  hash: string | undefined,
): Promise<Link | { readonly brokenAt: string }> {
  const removed = await anchor(db.kysely);
  const first = BigInt(fromSequence ?? removed.sequence + 1n);
  // Entries that were removed after their retention cannot be checked any more, except the last one of them.
  if (hash !== undefined && first >= removed.sequence) {
    const [known] = first === removed.sequence ? [removed] : await entriesFrom(db, first, 1);
    const isSame = known && BigInt(known.sequence) === first && known.hash.toString('hex') === hash;
    if (!isSame) return { brokenAt: String(first) };
  }
  if (first <= removed.sequence + 1n) return removed;
  const [before] = await entriesFrom(db, first - 1n, 1);
  if (!before || BigInt(before.sequence) !== first - 1n) return { brokenAt: String(first - 1n) };
  return { sequence: first - 1n, hash: before.hash };
}

async function verifyFrom(db: Db, start: Link): Promise<Verified> {
  let last = start;
  let checked = 0;
  while (checked < MAX_VERIFIED) {
    const entries = await entriesFrom(db, last.sequence + 1n, VERIFY_BATCH);
    const result = checkLinks(last, entries);
    if ('brokenAt' in result) return { isIntact: false, checked, brokenAt: result.brokenAt };
    checked += entries.length;
    last = result.last;
    if (entries.length < VERIFY_BATCH) return { isIntact: true, checked, ...noted(last) };
  }
  const nextSequence = String(last.sequence + 1n);
  return { isIntact: true, checked, nextSequence, ...noted(last) };
}

function noted({ sequence: last, hash }: Link) {
  return last === 0n ? {} : { lastSequence: String(last), lastHash: hash.toString('hex') };
}

/** An entry as callers see it. Absent fields have no value. */
function viewOf(row: ChainedEntry, actorLabel: string | undefined) {
  const { at, source, before, after, hash, ...rest } = row;
  const view = {
    ...rest,
    at: at.toISOString(),
    actorLabel,
    from: source,
    before: parsed(before),
    after: parsed(after),
    hash: hash.toString('hex'),
  };
  return {
    ...view,
    publisherId: view.publisherId ?? undefined,
    subject: view.subject ?? undefined,
    reason: view.reason ?? undefined,
    requestedBy: view.requestedBy ?? undefined,
    approvedBy: view.approvedBy ?? undefined,
    from: view.from ?? undefined,
  };
}

function parsed(json: string | null): unknown {
  return json === null ? undefined : JSON.parse(json);
}
