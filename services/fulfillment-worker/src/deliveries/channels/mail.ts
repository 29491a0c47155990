import { messageOf, plainText } from '../../notices/message.ts';
import type { DeliveryChannel } from './channel.ts';
import { mailHtml } from './mail-html.ts';
import type { Mailer } from './mailer.ts';

/** Longer than the mailer's own limits, half of a delivery's lease. */
const ATTEMPT_TIMEOUT_MS = 30_000;

/** Mails notices. Each delivery is a mail to one address. */
export function mailChannel(mailer: Mailer): DeliveryChannel {
  return {
    timeoutMs: ATTEMPT_TIMEOUT_MS,
    async send({ id, recipient, body }, signal) {
      const message = messageOf(body);
      if (!message || recipient === null) return { failure: 'refused-message', retry: 'never' };
      const mail = {
        id,
        to: recipient,
        subject: message.subject,
        text: plainText(message),
        html: mailHtml(message),
        language: message.language,
        unsubscribeUrl: message.change?.url,
      };
      return await mailer.send(mail, signal);
    },
  };
}
