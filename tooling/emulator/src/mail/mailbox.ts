import { randomUUID } from 'node:crypto';

/** A mail as the list shows it. */
export interface MailSummary {
  readonly id: string;
  /** When it arrived, in real time, ISO 8601. */
  readonly at: string;
  readonly from: string;
  /** The recipients of the envelope, which is what a mail server delivers to. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly sizeBytes: number;
}

export interface Mail extends MailSummary {
  readonly text: string | null;
  readonly html: string | null;
  /** In the order in which they were sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly attachments: readonly {
    readonly name: string;
    readonly type: string;
    readonly sizeBytes: number;
  }[];
}

/** The oldest mails are dropped beyond these limits, whichever is reached first. */
const MAILS_MAX = 500;
const TOTAL_MAX_BYTES = 50 * 1024 * 1024;

/** The mails that were caught, in memory. */
export class Mailbox {
  #mails: Mail[] = [];

  add(mail: Omit<Mail, 'id'>): Mail {
    const stored = { ...mail, id: randomUUID() };
    this.#mails.push(stored);
    let total = this.#mails.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    while (this.#mails.length > MAILS_MAX || (total > TOTAL_MAX_BYTES && this.#mails.length > 1)) {
      total -= this.#mails.shift()?.sizeBytes ?? 0;
    }
    return stored;
  }

  /** Newest first. */
  list(): MailSummary[] {
    return this.#mails
      .map(({ id, at, from, to, subject, sizeBytes }) => ({ id, at, from, to, subject, sizeBytes }))
      .toReversed();
  }

  get(id: string): Mail | undefined {
    return this.#mails.find((mail) => mail.id === id);
  }

  clear(): void {
    this.#mails = [];
  }
}
