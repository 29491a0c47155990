import type { Check } from '../../api/system.ts';
import { Status, Tag, type Tone } from '../../parts/badge.tsx';
import { Copy } from '../../parts/id.tsx';
import { Icon } from '../../parts/icon.tsx';
import { t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import './doctor.css';

export const severityTones: Readonly<Record<Check['severity'], Tone>> = {
  ok: 'good',
  notice: 'notice',
  warning: 'warn',
  error: 'bad',
  unknown: 'warn',
};

/** One check: what was seen, why, and what to do. Values to compare can be copied. */
export function CheckRow({ check }: { readonly check: Check }) {
  const { severity, finding, cause, nextStep, details, service, publisherId } = check;
  const tone = severityTones[severity];
  return (
    <li className={`check-row tone-${tone}`}>
      <span className="check-mark">
        <Icon name={tone === 'good' ? 'check' : tone === 'notice' ? 'info' : 'warning'} size={16} />
      </span>
      <div className="check-text">
        <p className="check-head">
          <strong>{wordFor('system.check', check.check)}</strong>
          {severity !== 'ok' && <Status tone={tone}>{t(`system.severity.${severity}`)}</Status>}
          <Tag>{service}</Tag>
          {publisherId !== undefined && <Tag>{publisherId}</Tag>}
        </p>
        <p>{finding}</p>
        {cause !== undefined && <p>{t('system.cause', { cause })}</p>}
        {nextStep !== undefined && (
          <p>
            <strong>{t('system.next')}</strong> {nextStep}
          </p>
        )}
        {details && Object.keys(details).length > 0 && (
          <details>
            <summary>{t('system.details')}</summary>
            <dl className="facts">
              {Object.entries(details).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd className="check-value">
                    <code>{value}</code>
                    <Copy text={value} label={t('system.copy', { name })} />
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </li>
  );
}
