import { Link } from '@tanstack/react-router';
import { usePaged } from '../../api/paged.ts';
import { hourList, type UsageHour } from '../../api/usage.ts';
import { Section } from '../../parts/page.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { useNow } from '../../parts/time.tsx';
import { ago, t } from '../../words/words.ts';
import { canResend, HourStatus, hourId, hourWords, nextStepWords, problemWords } from './hour.tsx';
import { quantity } from './quantity.ts';
import { Resend } from './resend.tsx';

/** Older ones are in the list. What happened two weeks ago is no news. */
const RECENT_MS = 14 * 24 * 60 * 60 * 1000;

/** Hours that are not billed, or will not be unless someone acts: what can still be mended first. */
export function useTrouble(): readonly UsageHour[] {
  const now = useNow();
  const refused = usePaged(hourList({ state: 'refused' }));
  const held = usePaged(hourList({ state: 'held' }));
  const closed = usePaged(hourList({ state: 'closed' }));
  const unrated = usePaged(hourList({ state: 'open' }));
  const lost = usePaged(hourList({ state: 'writtenOff' }));
  const isRecent = ({ hour }: UsageHour) => now.getTime() - Date.parse(hour) < RECENT_MS;
  // `retrying` mends itself; the others need a person.
  const needsSomeone = ({ problem }: UsageHour) => problem !== undefined && problem !== 'retrying';
  const all = [
    ...refused.rows,
    ...[...closed.rows, ...unrated.rows, ...held.rows].filter(needsSomeone),
    ...lost.rows,
  ].filter(isRecent);
  return all.toSorted((a, b) => Number(canResend(b, now)) - Number(canResend(a, now)));
}

export function NotBilled({ hours }: { readonly hours: readonly UsageHour[] }) {
  if (hours.length === 0) return null;
  return (
    <Section title={t('usage.trouble', { count: hours.length })} about={t('usage.trouble.about')}>
      <ul className="trouble">
        {hours.map((hour) => (
          <Trouble key={`${hourId(hour)} ${hour.state}`} hour={hour} />
        ))}
      </ul>
    </Section>
  );
}

function Trouble({ hour }: { readonly hour: UsageHour }) {
  const { subscriptionId, dimension, state, reported, used, expiresAt } = hour;
  const now = useNow();
  const isOver = expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime();
  const units = state === 'open' ? used : reported;
  return (
    <li className="card trouble-item">
      <div className="trouble-text">
        <p className="trouble-head">
          <HourStatus hour={hour} />
          <Link to="/usage" search={{ hour: hourId(hour) }}>
            {t('usage.trouble.units', { quantity: quantity(units), dimension })}
          </Link>
          <span className="muted">{hourWords(hour.hour)}</span>
          <SubscriptionLink id={subscriptionId} />
        </p>
        <p>
          <strong>{problemWords(hour)}.</strong>{' '}
          {isOver ? t('usage.problem.expired.next') : nextStepWords(hour)}
        </p>
        {expiresAt !== undefined && !isOver && (
          <p className="muted">{t('usage.trouble.until', { when: ago(expiresAt, now) })}</p>
        )}
      </div>
      <div className="row">
        <Resend hour={hour} />
        {hour.problem === 'included-unknown' && (
          <Link className="button button-primary" to="/catalogue" search={{ planId: hour.planId }}>
            {t('usage.trouble.included')}
          </Link>
        )}
      </div>
    </li>
  );
}
