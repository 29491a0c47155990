import type { ReactNode } from 'react';
import { Status, type Tone } from '../../parts/badge.tsx';
import { t } from '../../words/words.ts';

/** An answer that is not there yet, or cannot be given. */
export const UNKNOWN = { tone: 'quiet', text: () => t('parts.unknown') } as const;

/** One of the questions, with its short answer and the numbers behind it. */
export function Question({
  title,
  tone,
  answer,
  isWide = false,
  children,
}: {
  readonly title: string;
  readonly tone: Tone;
  readonly answer: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <section className={isWide ? 'question question-wide' : 'question'} aria-label={title}>
      <header className="question-head">
        <h2>{title}</h2>
        <Status tone={tone}>{answer}</Status>
      </header>
      {children}
    </section>
  );
}

/** The worse of two tones. */
export function worst(...tones: readonly Tone[]): Tone {
  const order: readonly Tone[] = ['bad', 'warn', 'quiet', 'notice', 'good'];
  return order.find((tone) => tones.includes(tone)) ?? 'good';
}
