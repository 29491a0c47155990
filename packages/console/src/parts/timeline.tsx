import type { ReactNode } from 'react';
import type { Tone } from './badge.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Time } from './time.tsx';

export function Timeline({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    <ol className="timeline" aria-label={label}>
      {children}
    </ol>
  );
}

/** One thing that happened: what, when, by whom, and its details. */
export function TimelineRow({
  at,
  icon,
  tone = 'quiet',
  title,
  by,
  children,
}: {
  readonly at: string | Date;
  readonly icon: IconName;
  readonly tone?: Tone;
  readonly title: ReactNode;
  readonly by?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <li className="timeline-row">
      <span className={`timeline-icon tone-${tone}`}>
        <Icon name={icon} size={14} />
      </span>
      <div className="timeline-body">
        <p className="timeline-head">
          <span>{title}</span>
          <span className="timeline-when">
            {by !== undefined && <>{by} · </>}
            <Time at={at} />
          </span>
        </p>
        {children}
      </div>
    </li>
  );
}
