import type { MailPart } from './mail-parts.ts';

export interface Sample {
  readonly product: string;
  readonly plan: string;
  readonly date: string;
  /** The sender as customers know it. */
  readonly brand: string;
}

type Message = Readonly<Record<MailPart | 'footer' | 'brand', string>>;

interface PreviewProps {
  readonly message: Message;
  readonly language: string;
}

/** The text with the sample values, as the mail will have it. */
export function fill(text: string, sample: Sample): string {
  return text.replaceAll(
    /\{(product|plan|date)\}/g,
    (_, name: 'product' | 'plan' | 'date') => sample[name],
  );
}

/** The mail as mail programs show it: in the list, and opened. It changes while someone writes. */
export function MailPreview({ message, language }: PreviewProps) {
  const { brand, subject, preheader, title, text1, text2, button, footer } = message;
  return (
    <div className="mail-preview" lang={language}>
      <div className="mail-in-list">
        <strong>{brand}</strong>
        <span>{subject}</span>
        <small>{preheader}</small>
      </div>
      <div className="mail-opened">
        <p className="mail-brand">{brand}</p>
        <div className="mail-card">
          <h3>{title}</h3>
          {[text1, text2]
            .filter((text) => text.trim() !== '')
            .map((text) => (
              <p key={text}>{text}</p>
            ))}
          <p>
            <span className="mail-button">{button}</span>
          </p>
        </div>
        <small>{footer}</small>
      </div>
    </div>
  );
}

/** The part for programs without HTML. */
export function PlainPreview({ message, language }: PreviewProps) {
  const { subject, title, text1, text2, button, footer } = message;
  const parts = [title, text1, text2, `${button}: https://…`, '-- ', footer];
  return (
    <div className="mail-preview" lang={language}>
      <div className="mail-in-list">
        <span>{subject}</span>
      </div>
      <p className="message-text mail-opened">
        {parts.filter((text) => text.trim() !== '').join('\n\n')}
      </p>
    </div>
  );
}
