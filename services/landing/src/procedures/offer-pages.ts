import { z } from 'zod';
import type { LandingProcedures } from '@landfall/contracts/landing-procedures';
import type { OfferPage, StoredOfferPage } from '@landfall/contracts/offer-page';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { pageProblems } from '../offer-pages/check-page.ts';
import { stylesheetOf } from '../offer-pages/colours.ts';
import { readLogo } from '../offer-pages/logo.ts';
import {
  findPage,
  listPages,
  removePage,
  storedBy,
  writePage,
  type Target,
} from '../store/offer-pages.ts';
import type { Db } from '../db/schema.ts';
import { findFile, keepFile } from '../store/brand-files.ts';

/** More is of no use to a person who mends one after the other. */
const MAX_PROBLEMS_TOLD = 20;

const key = z.tuple([z.string(), z.string(), z.string()]);

/** What publishers say and ask on these pages: checked as a whole, stored as a whole. */
export function offerPageProcedures(deps: {
  readonly db: Db;
  readonly now: () => Date;
}): Handlers<LandingProcedures>['offerPages'] {
  const { db, now } = deps;
  return {
    async list({ publisherId, offerId, cursor, limit }) {
      const after = decodeKey(cursor, key);
      if (after instanceof Rejection) return after;
      const found = await listPages(db, { publisherId, offerId, after, limit: limit + 1 });
      const { rows, nextCursor } = cutPage(found, limit, (last) =>
        encodeKey([last.publisher_id, last.offer_id, last.plan_id]),
      );
      return {
        items: rows.map((row) => ({
          publisherId: row.publisher_id,
          offerId: row.offer_id || undefined,
          planId: row.plan_id || undefined,
          updatedAt: row.updated_at.toISOString(),
        })),
        nextCursor,
      };
    },
    async get(target) {
      const row = await findPage(db, target);
      if (!row)
        return new Rejection('page.not-found', 'There are no settings at exactly this level.');
      return { ...target, page: row.page, updatedAt: row.updated_at.toISOString() };
    },
    async put({ page, ...target }) {
      const placeProblems =
        target.planId && !target.offerId ? ['offerId: required if planId is set'] : [];
      const problems = [...placeProblems, ...pageProblems(page)];
      if (problems.length > 0) return invalid(problems);
      const exceeded = await quotaExceeded(db, target);
      if (exceeded) return exceeded;
      const at = now();
      const stored = await store(db, { target, page, at });
      if (typeof stored === 'string') return invalid([stored]);
      return { ...target, page: stored, updatedAt: at.toISOString() };
    },
    remove: async (target) => ({ removed: await removePage(db, target) }),
  };
}

/** An offer for each of a hundred plans in ten variants: more than any catalogue in Partner Center. */
const MAX_PAGES = 1000;
/** Five hundred logos of the largest size; old ones count until they are removed after a day. */
const MAX_STORED_BYTES = 32 * 1024 * 1024;

/** Whether another page would be more than one publisher may store; what is there stays as it is. */
async function quotaExceeded(db: Db, target: Target): Promise<Rejection<'page.quota'> | undefined> {
  const { pages, bytes } = await storedBy(db, target.publisherId);
  const isNew = pages >= MAX_PAGES && !(await findPage(db, target));
  if (!isNew && bytes < MAX_STORED_BYTES) return undefined;
  return new Rejection(
    'page.quota',
    isNew
      ? `${MAX_PAGES} pages are stored, which is the maximum for a publisher. Remove one first.`
      : `Pages and logos of ${MAX_STORED_BYTES / 1024 ** 2} MB are stored, which is the maximum for a publisher. Remove pages or reuse logos by their hash. Unused logos are removed after a day.`,
  );
}

/** The page as it is kept, or what is wrong with its logo. */
async function store(
  db: Db,
  { target, page, at }: { target: Target; page: OfferPage; at: Date },
): Promise<StoredOfferPage | string> {
  return db.transaction().execute(async (trx) => {
    const { logo, ...branding } = page.branding ?? {};
    const logoFile = logo && (await logoFileOf(trx, logo, { publisherId: target.publisherId, at }));
    if (logoFile && 'problem' in logoFile) return `branding.logo: ${logoFile.problem}`;
    const styles = branding.colours && Buffer.from(stylesheetOf(branding.colours));
    const styleFile =
      styles &&
      (await keepFile(trx, {
        content: styles,
        extension: 'css',
        publisherId: target.publisherId,
        at,
      }));
    const kept: StoredOfferPage = {
      ...page,
      branding: page.branding && { ...branding, logo: logoFile },
    };
    await writePage(trx, target, {
      page: kept,
      logo_file: logoFile?.file ?? null,
      style_file: styleFile ?? null,
      at,
    });
    return kept;
  });
}

type LogoInput = NonNullable<NonNullable<OfferPage['branding']>['logo']>;

async function logoFileOf(
  db: Db,
  logo: LogoInput,
  { publisherId, at }: { publisherId: string; at: Date },
): Promise<{ hash: string; file: string } | { problem: string }> {
  if ('hash' in logo) {
    const file = await findFile(db, logo.hash, at);
    return file && !file.endsWith('.css')
      ? { hash: logo.hash, file }
      : { problem: 'is not there any more: send it as base64' };
  }
  const read = readLogo(logo.base64);
  if ('problem' in read) return read;
  const file = await keepFile(db, {
    content: read.bytes,
    extension: read.extension,
    publisherId,
    at,
  });
  return { hash: file.slice(0, file.indexOf('.')), file };
}

function invalid(problems: readonly string[]): Rejection<'page.invalid'> {
  const told = problems.slice(0, MAX_PROBLEMS_TOLD);
  const more = problems.length - told.length;
  return new Rejection(
    'page.invalid',
    `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
  );
}
