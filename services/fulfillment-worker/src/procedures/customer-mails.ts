import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type {
  customerMailProcedures as contract,
  CustomerMailSettings,
} from '@landfall/contracts/customer-mail-procedures';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { inTransaction } from '@landfall/service-kit/database';
import {
  customerMails,
  isMailKey,
  mailCatalogues,
  mailKeysOf,
  mailTextProblem,
  type CustomerMail,
  type MailKey,
} from '@landfall/words/mails';
import type { Language } from '@landfall/words/language';
import { eventsOfMails, textsFor } from '../customer-mails/compose.ts';
import { renderMail } from '../customer-mails/render.ts';
import type { Mailer } from '../deliveries/channels/mailer.ts';
import type { Trx } from '../db/schema.ts';
import {
  readCustomerMails,
  readMailTexts,
  readOwnTexts,
  saveCustomerMails,
  saveMailText,
  type CustomerMails,
  type TextPlace,
} from '../store/customer-mails.ts';
import { removeUndelivered } from '../store/deliveries.ts';
import {
  disableDestination,
  enableDestination,
  insertDestination,
  updateDestination,
  type DestinationSettings,
} from '../store/destinations.ts';
import { withoutMailServer } from './destination-settings.ts';
import { MAX_DESTINATIONS, type DestinationDeps } from './destinations.ts';
import { TestLimit } from './test-limit.ts';

type CustomerMailHandlers = Handlers<FulfillmentProcedures>['customerMails'];
type View = z.input<(typeof contract)['customerMails']['get']['output']>;

/** Samples for previews and tests. */
const SAMPLE = { offerId: 'sample-offer', planId: 'Standard' } as const;
const SAMPLE_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A test is a click of a person. */
const TEST_TIMEOUT_MS = 20_000;

export interface CustomerMailDeps extends DestinationDeps {
  readonly mailer: Mailer | undefined;
}

/** Mails to customers: switched on by the publisher, who may write its own texts. */
export function customerMailProcedures(deps: CustomerMailDeps): CustomerMailHandlers {
  const { now, mailer, publicUrl, wakeSender } = deps;
  const db = deps.db.kysely;
  const tests = new TestLimit();
  const viewOf = ({ settings, destinationId }: CustomerMails): View => ({
    ...settings,
    isReady: mailer !== undefined,
    ...(mailer === undefined && { nextStep: withoutMailServer().message }),
    ...(destinationId !== undefined && { destinationId }),
  });

  /** The mail with the texts in force and sample values. */
  const sample = async (mail: CustomerMail, place: TextPlace & { language: Language }) => {
    const { settings } = await readCustomerMails(db, place.publisherId);
    const overrides = await readMailTexts(db, place);
    const { language, offerId = SAMPLE.offerId } = place;
    const date = new Date(now().getTime() + SAMPLE_DAYS * DAY_MS);
    const about = { offerId, planId: SAMPLE.planId, date, language, settings, overrides };
    const brand = settings.senderName ?? settings.productNames[offerId] ?? offerId;
    const url = publicUrl && new URL('/landing/subscriptions', publicUrl).href;
    const rendered = renderMail(textsFor(mail, about), { language, brand, url });
    return { ...rendered, brand, replyTo: settings.replyTo ?? undefined };
  };

  return {
    get: async ({ publisherId }) => viewOf(await readCustomerMails(db, publisherId)),

    put: async ({ publisherId, settings: change }) => {
      const saved = await inTransaction(deps.db, async (trx) => {
        const before = await readCustomerMails(trx, publisherId);
        const settings: CustomerMailSettings = { ...before.settings, ...defined(change) };
        const destinationId = await adjustDestination(trx, {
          publisherId,
          settings,
          destinationId: before.destinationId,
          at: now(),
        });
        if (destinationId instanceof Rejection) return destinationId;
        const after = { settings, destinationId };
        await saveCustomerMails(trx, publisherId, after);
        return after;
      });
      if (saved instanceof Rejection) return saved;
      wakeSender();
      return viewOf(saved);
    },

    texts: async (place) => {
      const [own, inForce] = await Promise.all([readOwnTexts(db, place), readMailTexts(db, place)]);
      const keys = customerMails.flatMap((mail) => mailKeysOf(mail));
      const items = [...keys, 'footer' as const].map((key) =>
        textView(key, place.language, { own, inForce }),
      );
      return { items };
    },

    putText: async ({ key, text, ...place }) => {
      if (!isMailKey(key))
        return new Rejection('mail.text-refused', `There is no text “${key}”. See texts.`);
      const problem = text === null ? undefined : mailTextProblem(text);
      if (problem !== undefined) return new Rejection('mail.text-refused', PROBLEMS[problem]);
      await saveMailText(db, place, { key, text });
      const [own, inForce] = await Promise.all([readOwnTexts(db, place), readMailTexts(db, place)]);
      return textView(key, place.language, { own, inForce });
    },

    preview: async ({ mail, ...place }) => {
      const { subject, html, text } = await sample(mail, place);
      return { subject, html, text };
    },

    test: async ({ mail, to, ...place }) => {
      if (!mailer) return withoutMailServer();
      const overLimit = tests.take(place.publisherId ?? '');
      if (overLimit) return overLimit;
      const { brand, replyTo, ...rendered } = await sample(mail, place);
      const { language } = place;
      const sent = { id: randomUUID(), to, ...rendered, language, fromName: brand, replyTo };
      const answer = await mailer.send(sent, AbortSignal.timeout(TEST_TIMEOUT_MS));
      const { failure, answerCode } = answer;
      return { isSent: failure === undefined, failure, answerCode };
    },
  };
}

const PROBLEMS = {
  'stray-brace': 'The text has a single brace. Write braces only around product, plan and date.',
  'unknown-value':
    'The text uses a value that mails do not have. Use {product}, {plan} and {date}.',
} as const;

function textView(
  key: MailKey,
  language: Language,
  { own, inForce }: Record<'own' | 'inForce', Partial<Record<MailKey, string>>>,
) {
  const text = inForce[key] ?? mailCatalogues[language][key];
  return { key, text, ...(own[key] !== undefined && { own: own[key] }) };
}

/** Mails travel as deliveries of a destination, which exists once mails were switched on. Returns its id. */
async function adjustDestination(
  trx: Trx,
  of: {
    readonly publisherId: string | undefined;
    readonly settings: CustomerMailSettings;
    readonly destinationId: string | undefined;
    readonly at: Date;
  },
): Promise<string | undefined | Rejection> {
  const { publisherId, settings, destinationId, at } = of;
  const types = settings.mails.flatMap((mail) => eventsOfMails[mail]);
  // Without a type, a destination would get all events.
  const isOn = settings.isOn && types.length > 0;
  if (destinationId === undefined) {
    if (!isOn) return undefined;
    const id = randomUUID();
    const isRoom = await insertDestination(
      trx,
      { ...BLANK, id, types, publisherId, channel: 'customer-mail', at },
      MAX_DESTINATIONS,
    );
    return isRoom ? id : new Rejection('destination.too-many', TOO_MANY);
  }
  if (!isOn) {
    await disableDestination(trx, destinationId, 'operator');
    // Otherwise customers would get old mails when mails are switched on again.
    await removeUndelivered(trx, destinationId, MAX_WAITING);
  } else {
    await updateDestination(trx, destinationId, { types });
    await enableDestination(trx, destinationId, at);
  }
  return destinationId;
}

/** What a mail server that failed for days may have left. */
const MAX_WAITING = 100_000;

const TOO_MANY = `There can be ${MAX_DESTINATIONS} destinations. Remove one that is no longer used.`;

const BLANK: Omit<DestinationSettings, 'types'> = {
  label: 'Customers',
  url: null,
  offerIds: [],
  isOrdered: false,
  recipients: [],
  matterKinds: [],
  severities: [],
  language: 'en',
  digest: 'at-once',
  digestHour: 8,
  timeZone: 'UTC',
  quietHours: null,
};

/** What is absent stays. */
function defined<T extends object>(
  change: T,
): Partial<{ [K in keyof T]: Exclude<T[K], undefined> }> {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as Partial<{ [K in keyof T]: Exclude<T[K], undefined> }>;
}
