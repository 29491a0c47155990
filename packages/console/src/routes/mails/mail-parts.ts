/** The parts of a mail that have a text, in the order of the mail. */
export const mailParts = ['subject', 'preheader', 'title', 'text1', 'text2', 'button'] as const;

export type MailPart = (typeof mailParts)[number];

/** Paragraphs are longer than the other texts. */
export const rowsOf: Readonly<Record<MailPart, number>> = {
  subject: 1,
  preheader: 1,
  title: 1,
  text1: 4,
  text2: 4,
  button: 1,
};
