import type { ReactNode } from 'react';
import type { Tone } from './badge.tsx';
import { Icon, type IconName } from './icon.tsx';
import './steps.css';

export interface Step {
  readonly key: string;
  readonly title: ReactNode;
  /** `good` is ticked, `quiet` was not needed, `warn` and `bad` say what to do. */
  readonly tone: Tone;
  /** Named values, such as what was seen and what was expected. Undefined ones are left out. */
  readonly facts?: readonly (readonly [name: string, value: ReactNode])[] | undefined;
  readonly actions?: ReactNode;
}

const icons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  notice: 'info',
  warn: 'warning',
  bad: 'close',
  quiet: 'more',
};

/** Steps that something took, in order, each ticked or with what went wrong. */
export function Steps({
  label,
  steps,
}: {
  readonly label: string;
  readonly steps: readonly Step[];
}) {
  return (
    <ol className="steps" aria-label={label}>
      {steps.map(({ key, title, tone, facts = [], actions }) => (
        <li key={key} className={`step tone-${tone}`} data-step={key} data-tone={tone}>
          <span className="step-icon">
            <Icon name={icons[tone]} size={14} />
          </span>
          <div className="step-body">
            <p className="step-title">{title}</p>
            <dl className="step-facts">
              {facts
                .filter(([, value]) => value !== undefined)
                .map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
            </dl>
            {actions !== undefined && <div className="row">{actions}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
