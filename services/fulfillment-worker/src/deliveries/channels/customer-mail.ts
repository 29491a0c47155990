import { isFault } from '@landfall/domain/fault';
import { mailLanguage } from '@landfall/words/mails';
import { dateOf, textsFor, wantedMail, whyNot } from '../../customer-mails/compose.ts';
import { renderMail } from '../../customer-mails/render.ts';
import type { Db } from '../../db/schema.ts';
import { hasOwnMails, readCustomerMails, readMailTexts } from '../../store/customer-mails.ts';
import { readSettings } from '../../store/settings.ts';
import { findSubscription } from '../../store/subscriptions.ts';
import type { Answer, DeliveryChannel } from './channel.ts';
import type { Mailer } from './mailer.ts';

/** Longer than the mailer's own limits, half of a delivery's lease. */
const ATTEMPT_TIMEOUT_MS = 30_000;

/**
 * Mails to customers. The stored event names nobody: the recipient, and whether the mail is still wanted, are read when it is
 * sent, so a customer whose personal data was erased gets no mail.
 */
export function customerMailChannel(deps: {
  readonly mailer: Mailer;
  readonly db: Db;
  readonly now: () => Date;
  /** The address of the pages for customers. */
  readonly publicUrl: string | undefined;
}): DeliveryChannel {
  const { mailer, now, publicUrl } = deps;
  const db = deps.db.kysely;
  return {
    timeoutMs: ATTEMPT_TIMEOUT_MS,
    async send({ id, publisherId, body }, signal): Promise<Answer> {
      try {
        const wanted = wantedMail(body);
        if (!wanted) return notSent('no-mail');
        const known = await findSubscription(db, wanted.subscriptionId);
        if (!known) return notSent('unknown');
        const { state } = known;
        if (publisherId === null && (await hasOwnMails(db, state.publisherId)))
          return notSent('own-settings');
        const { settings } = await readCustomerMails(db, publisherId ?? undefined);
        const refused = whyNot(state, wanted.mail, settings);
        const to = state.beneficiary.emailId;
        if (refused !== undefined || to === undefined) return notSent(refused ?? 'no-address');
        const language = mailLanguage(settings.language);
        const { offerId, planId } = state;
        const place = { publisherId: state.publisherId, offerId, language };
        const [overrides, { retentionDays }] = await Promise.all([
          readMailTexts(db, place),
          readSettings(db, place),
        ]);
        const date = dateOf(wanted, { retentionDays, now: now() });
        const about = { offerId, planId, date, language, settings, overrides };
        const texts = textsFor(wanted.mail, about);
        const brand = settings.senderName ?? settings.productNames[offerId] ?? offerId;
        const url = publicUrl && new URL(`/landing/subscriptions/${state.id}`, publicUrl).href;
        const replyTo = settings.replyTo ?? undefined;
        const mail = {
          id,
          to,
          ...renderMail(texts, { language, brand, url }),
          language,
          fromName: brand,
          replyTo,
          // A reminder can be declined; the other mails are about the contract.
          unsubscribeUrl:
            wanted.mail === 'renewalAhead' && replyTo !== undefined
              ? `mailto:${replyTo}?subject=unsubscribe`
              : undefined,
        };
        return await mailer.send(mail, signal);
      } catch (error) {
        // The database does not answer: later.
        if (isFault(error)) return { failure: 'server-later' };
        throw error;
      }
    },
  };
}

/** The delivery is over, and its attempt says why no mail was sent. */
function notSent(why: string): Answer {
  return { answerCode: `not-sent:${why}` };
}
