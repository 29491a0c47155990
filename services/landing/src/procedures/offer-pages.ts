import { z } from 'zod';
import type { LandingProcedures } from '@landfall/contracts/landing-procedures';
import type { OfferPage, StoredOfferPage } from '@landfall/contracts/offer-page';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { pageProblems } from '../offer-pages/check-page.ts';
import { draftLogo, renderPreview } from '../offer-pages/preview.ts';
import type { Installation } from '../offer-pages/resolve-page.ts';
import { catalogues } from '../words/catalogues.ts';
import { stylesheetOf } from '../offer-pages/colours.ts';
import { readLogo } from '../offer-pages/logo.ts';
import { findFile, keepFile } from '../store/brand-files.ts';
import {
  findPage,
  listPages,
  removePage,
  storedBy,
  writePage,
  type Target,
} from '../store/offer-pages.ts';

/** A person fixes one problem after the other, so a longer list does not help. */
const MAX_PROBLEMS_LISTED = 20;

const key = z.tuple([z.string(), z.string(), z.string()]);

/** Branding, texts and questions of publishers. A page is checked and stored as a whole. */
export function offerPageProcedures(deps: {
  readonly db: Db;
  readonly now: () => Date;
  readonly installation: Installation;
  readonly stylesheet: string;
}): Handlers<LandingProcedures>['offerPages'] {
  const { db, now } = deps;
  return {
    async list({ publisherId, offerId, cursor, limit }) {
      const after = decodeKey(cursor, key);
      if (after instanceof Rejection) return after;
      const found = await listPages(db, { publisherId, offerId, after, limit: limit + 1 });
      const { rows, nextCursor } = cutPage(found, limit, (last) =>
        encodeKey([last.publisherId, last.offerId, last.planId]),
      );
      return {
        items: rows.map((row) => ({
          publisherId: row.publisherId,
          offerId: row.offerId || undefined,
          planId: row.planId || undefined,
          updatedAt: row.updatedAt.toISOString(),
        })),
        nextCursor,
      };
    },
    async get(target) {
      const row = await findPage(db, target);
      if (!row)
        return new Rejection('page.not-found', 'There are no settings at exactly this level.');
      return { ...target, page: row.page, updatedAt: row.updatedAt.toISOString() };
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
    async remove({ dryRun, ...target }) {
      const row = await findPage(db, target);
      const was = row && { ...target, page: row.page, updatedAt: row.updatedAt.toISOString() };
      return { removed: !dryRun && (await removePage(db, target)), was };
    },
    async preview({ page, language, show, scheme, ...target }) {
      const problems = pageProblems(page);
      const logo = await draftLogo(db, page.branding?.logo);
      if (logo && 'problem' in logo) problems.push(`branding.logo: ${logo.problem}`);
      if (problems.length > 0) return { problems: problems.map(asIssue) };
      return {
        problems: [],
        html: await renderPreview(deps, {
          target,
          page,
          logo: logo && 'url' in logo ? logo.url : undefined,
          language,
          show,
          scheme,
        }),
      };
    },
    texts: async ({ language }) => ({ texts: catalogues[language] }),
  };
}

/** A problem starts with its place. */
function asIssue(problem: string): { path: string; message: string } {
  const end = problem.indexOf(': ');
  return { path: problem.slice(0, end), message: problem.slice(end + 2) };
}

/** A hundred offers with ten plans each: more than any catalogue in Partner Center. */
const MAX_PAGES = 1000;
/** Five hundred logos of the maximum size. Unused ones count until they are deleted after a day. */
const MAX_STORED_BYTES = 32 * 1024 * 1024;

/** Whether the page would exceed what one publisher may store. Existing pages stay as they are. */
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

/** Stores the page and returns it, or returns the problem of its logo. */
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
      logoFile: logoFile?.file ?? null,
      styleFile: styleFile ?? null,
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
      : { problem: 'is no longer stored: send it again as base64' };
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
  const listed = problems.slice(0, MAX_PROBLEMS_LISTED);
  const more = problems.length - listed.length;
  return new Rejection(
    'page.invalid',
    `${listed.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
  );
}
