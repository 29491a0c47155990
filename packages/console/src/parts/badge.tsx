import type { ReactNode } from 'react';
import { t } from '../words/words.ts';
import { Icon } from './icon.tsx';

export type Tone = 'good' | 'notice' | 'warn' | 'bad' | 'quiet';

/** A state in one or two words. The tone repeats what the words say; it is never the only sign. */
export function Status({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={`status tone-${tone}`}>
      <span className="status-dot" aria-hidden="true" />
      {children}
    </span>
  );
}

/** A short fact about a thing, such as "Test purchase". */
export function Tag({
  tone = 'quiet',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return <span className={`tag tone-${tone}`}>{children}</span>;
}

export type SeverityLevel = 'info' | 'warning' | 'critical';

const severities = {
  info: { tone: 'notice', icon: 'info' },
  warning: { tone: 'warn', icon: 'warning' },
  critical: { tone: 'bad', icon: 'warning' },
} as const;

export function Severity({ level }: { readonly level: SeverityLevel }) {
  const { tone, icon } = severities[level];
  return (
    <span className={`severity tone-${tone}`}>
      <Icon name={icon} size={14} />
      {t(`parts.severity.${level}`)}
    </span>
  );
}

/** A number beside a name in a menu or a tab. */
export function Count({ value, tone = 'quiet' }: { readonly value: number; readonly tone?: Tone }) {
  return <span className={`count tone-${tone}`}>{value}</span>;
}
