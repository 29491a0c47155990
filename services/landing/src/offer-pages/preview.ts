import type { OfferPage, StoredOfferPage } from '@landfall/contracts/offer-page';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { baseOfferId } from '@landfall/domain/subscription';
import type { Language } from '@landfall/words/language';
import type { Db } from '../db/schema.ts';
import { confirmPage } from '../purchase/pages/confirm.ts';
import { progressPage, progressView } from '../purchase/pages/progress.ts';
import type { Pricing } from '../purchase/plan-shown.ts';
import { stepsOf } from '../purchase/progress.ts';
import { nameOfFile, readFile } from '../store/brand-files.ts';
import { levelsOf, type Level, type Target } from '../store/offer-pages.ts';
import type { Frame, Html } from '../web/pages/frame.ts';
import { wordsFor } from '../words/words.ts';
import { stylesheetOf } from './colours.ts';
import { imageTypes, readLogo } from './logo.ts';
import { resolvePage, type Installation } from './resolve-page.ts';

interface Draft {
  readonly target: Target;
  readonly page: OfferPage;
  /** As a data URL. Undefined: the logo of the level above, if there is one. */
  readonly logo: string | undefined;
  readonly language: Language;
  readonly show: 'confirm' | 'ready';
  readonly scheme: 'light' | 'dark';
}

interface Parts {
  readonly db: Db;
  readonly now: () => Date;
  readonly installation: Installation;
  readonly stylesheet: string;
}

/** A page with a draft over the stored levels above it, and with a sample purchase. */
export async function renderPreview(parts: Parts, draft: Draft): Promise<string> {
  const { db, now, installation, stylesheet } = parts;
  const { target, language, scheme, show, page } = draft;
  const { logo: _, ...branding } = page.branding ?? {};
  const stored: StoredOfferPage = { ...page, branding };
  const levels = [{ page: stored, styleFile: null }, ...(await levelsAbove(db, target))];
  const planId = target.planId ?? 'standard';
  const resolved = resolvePage(levels, installation, planId);
  const { product, logoFile, defaultLanguage, overrides, questions } = resolved;
  const colours = levels.find((level) => level.page.branding?.colours)?.page.branding?.colours;
  const css = colours ? `${stylesheet}\n${stylesheetOf(colours)}` : stylesheet;
  const frame: Frame = {
    product,
    words: wordsFor(language, overrides[language]),
    fallbackLanguage: defaultLanguage,
    assetsVersion: '',
    now: now(),
    here: '/landing',
    signedIn: { visitor: SAMPLE_VISITOR, formKey: '' },
    inlined: {
      styles: inScheme(css, scheme),
      logo: draft.logo ?? (logoFile && (await dataUrlOf(db, logoFile))),
    },
  };
  const subscription = sampleSubscription({ ...target, planId }, now());
  const summary = { subscription, planName: SAMPLE_PLAN, pricing: SAMPLE_PRICING };
  const made =
    show === 'ready' ? readyPage(frame, summary) : form(frame, { ...summary, questions });
  return String(await made);
}

type Summary = {
  readonly subscription: SubscriptionView;
  readonly planName: string;
  readonly pricing: Pricing;
};

function form(
  frame: Frame,
  shown: Summary & Pick<Parameters<typeof confirmPage>[1], 'questions'>,
): Html {
  return confirmPage(frame, {
    ...shown,
    visitId: SAMPLE_ID,
    relation: 'beneficiary',
    isLink: false,
    values: { email: SAMPLE_VISITOR.email },
    isRestored: false,
    problems: undefined,
  });
}

function readyPage(frame: Frame, { subscription, ...summary }: Summary): Html {
  const active = { ...subscription, status: 'Subscribed' };
  const circumstances = { steps: stepsOf(active), isStale: false, isSlow: false };
  return progressPage(frame, {
    visitId: SAMPLE_ID,
    view: progressView(frame.words, 'ready', circumstances),
    circumstances,
    canRetry: false,
    managedAt: '/landing/subscriptions',
    receipt: { subscription: active, ...summary },
  });
}

/** The logo of a draft as a data URL, or its problem. Undefined: the draft has none. */
export async function draftLogo(
  db: Db,
  logo: NonNullable<OfferPage['branding']>['logo'],
): Promise<{ readonly url: string } | { readonly problem: string } | undefined> {
  if (!logo) return undefined;
  if ('base64' in logo) {
    const read = readLogo(logo.base64);
    return 'problem' in read ? read : { url: dataUrl(read.bytes, read.extension) };
  }
  const file = await nameOfFile(db, logo.hash);
  const url = file && (await dataUrlOf(db, file));
  return url ? { url } : { problem: 'is no longer stored: send it again as base64' };
}

async function dataUrlOf(db: Db, file: string): Promise<string | undefined> {
  const content = await readFile(db, file);
  return content && dataUrl(content, file.slice(file.indexOf('.') + 1));
}

function dataUrl(content: Buffer, extension: string): string {
  return `data:${imageTypes[extension] ?? ''};base64,${content.toString('base64')}`;
}

async function levelsAbove(db: Db, { publisherId, offerId, planId }: Target): Promise<Level[]> {
  if (offerId === undefined) return [];
  if (planId !== undefined) return levelsOf(db, { publisherId, offerId });
  const base = baseOfferId(offerId);
  return levelsOf(db, base === offerId ? { publisherId } : { publisherId, offerId: base });
}

/** The chosen scheme, whichever one the browser of the person prefers. */
function inScheme(css: string, scheme: 'light' | 'dark'): string {
  return css
    .replaceAll('(prefers-color-scheme: dark)', scheme === 'dark' ? 'all' : 'not all')
    .replaceAll('color-scheme: light dark', `color-scheme: ${scheme}`);
}

const SAMPLE_ID = '00000000-0000-4000-8000-000000000000';
const SAMPLE_PLAN = 'Standard';
/** Prices of samples look like prices and are nobody's. */
const SAMPLE_PRICING: Pricing = {
  kind: 'listed',
  price: { amount: 12, currency: 'USD', termUnit: 'P1M', isPerSeat: true },
};
const SAMPLE_VISITOR = {
  tenantId: SAMPLE_ID,
  objectId: SAMPLE_ID,
  name: 'Ada Example',
  email: 'ada@fabrikam.example',
};
const SAMPLE_SEATS = 25;
const MONTH_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

function sampleSubscription(
  { publisherId, offerId = 'sample', planId = '' }: Target,
  now: Date,
): SubscriptionView {
  const at = now.toISOString();
  const endDate = new Date(now.getTime() + MONTH_DAYS * DAY_MS).toISOString();
  return {
    id: SAMPLE_ID,
    publisherId,
    offerId,
    planId,
    name: 'Fabrikam',
    quantity: SAMPLE_SEATS,
    status: 'PendingFulfillmentStart',
    term: { termUnit: 'P1M' },
    autoRenew: true,
    isFreeTrial: false,
    isTest: false,
    beneficiary: { emailId: SAMPLE_VISITOR.email },
    purchaser: { emailId: SAMPLE_VISITOR.email },
    allowedCustomerOperations: ['Read', 'Update', 'Delete'],
    channel: 'direct',
    activation: { state: 'none' },
    deadlines: [{ kind: 'configuration', at: endDate }],
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
}
