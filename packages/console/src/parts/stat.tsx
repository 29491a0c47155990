import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { t } from '../words/words.ts';
import type { Tone } from './badge.tsx';

interface StatProps {
  readonly label: string;
  /** Undefined: not known. It is never shown as zero. */
  readonly value: string | undefined;
  readonly tone?: Tone;
  /** Below the number: since when, out of how many. */
  readonly detail?: ReactNode;
  /** Older values first. */
  readonly trend?: readonly number[] | undefined;
  /** What is behind the number. */
  readonly link?: LinkProps;
}

/** One number with its trend, which leads to what is behind it. */
export function Stat({ label, value, tone = 'quiet', detail, trend, link }: StatProps) {
  const content = (
    <>
      <span className="stat-label">{label}</span>
      <span className="stat-line">
        <span
          className={value === undefined ? 'stat-value stat-unknown' : 'stat-value'}
          {...(value === undefined ? { 'data-hint': t('parts.unknown.hint') } : {})}
        >
          {value ?? t('parts.unknown')}
        </span>
        {trend && trend.length > 1 && <Sparkline values={trend} />}
      </span>
      {detail !== undefined && <span className="stat-detail">{detail}</span>}
    </>
  );
  const className = `stat stat-${tone}`;
  return link ? (
    <Link {...link} className={`${className} stat-link`}>
      {content}
    </Link>
  ) : (
    <div className={className}>{content}</div>
  );
}

const WIDTH = 72;
const HEIGHT = 22;

/** The shape of a trend. The number beside it says how much. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const top = Math.max(...values, 1);
  const step = WIDTH / (values.length - 1);
  const points = values.map(
    (value, index) =>
      `${(index * step).toFixed(1)},${(HEIGHT - 1 - (value / top) * (HEIGHT - 3)).toFixed(1)}`,
  );
  return (
    <svg
      className={values.every((value) => value === 0) ? 'sparkline sparkline-none' : 'sparkline'}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      <polygon points={`0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} />
      <polyline points={points.join(' ')} />
    </svg>
  );
}
