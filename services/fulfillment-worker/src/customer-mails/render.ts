import type { Language } from '@landfall/words/language';
import type { MailTexts } from '@landfall/words/mails';
import { customerHtml } from '../deliveries/channels/mail-html.ts';

/** A mail to a customer, as HTML and as plain text. */
export function renderMail(
  texts: MailTexts,
  of: {
    readonly language: Language;
    /** Above the text: the sender as the customer knows it. */
    readonly brand: string;
    readonly url: string | undefined;
  },
): { readonly subject: string; readonly html: string; readonly text: string } {
  const { subject, preheader, title, paragraphs, button, footer } = texts;
  const { language, brand, url } = of;
  const link = url === undefined ? undefined : { label: button, url };
  const text = [title, ...paragraphs, link && `${link.label}: ${link.url}`, '-- ', footer]
    .filter((one) => one !== undefined)
    .join('\n\n');
  const html = customerHtml({
    language,
    subject,
    preheader,
    brand,
    title,
    paragraphs,
    link,
    footer,
  });
  return { subject, html, text: `${text}\n` };
}
