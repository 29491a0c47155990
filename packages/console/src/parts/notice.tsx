import type { ReactNode } from 'react';
import type { Tone } from './badge.tsx';
import { Icon, type IconName } from './icon.tsx';
import './notice.css';

const icons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  notice: 'info',
  warn: 'warning',
  bad: 'warning',
  quiet: 'info',
};

/** Something that the page has to say before everything else: what it means, and what to do. */
export function Notice({
  tone,
  title,
  children,
  actions,
}: {
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <section className={`notice tone-${tone}`}>
      <Icon name={icons[tone]} size={18} />
      <div className="notice-text">
        <strong>{title}</strong>
        {children}
      </div>
      {actions !== undefined && <div className="row">{actions}</div>}
    </section>
  );
}
