import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { calendarList, type CalendarEntry, type CalendarKind } from '../../api/calendar.ts';
import { usePaged } from '../../api/paged.ts';
import { Tag } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { exactTime } from '../../parts/time.tsx';
import { ago, number, t } from '../../words/words.ts';
import { dayOf, plusDays, plusMonths, startOf, type Day } from './days.ts';
import { clockTime, dayName, monthName } from './names.ts';
import { Kind, mustBeDone } from './kinds.tsx';

interface AgendaProps {
  readonly month: string;
  readonly today: Day;
  /** Undefined: the month, from today if it is this month. */
  readonly day: Day | undefined;
  readonly kinds: readonly CalendarKind[] | undefined;
  readonly onWholeMonth: () => void;
}

/** What happens, day by day. */
export function Agenda({ month, today, day, kinds, onWholeMonth }: AgendaProps) {
  const isThisMonth = today.startsWith(month);
  const first = day ?? (isThisMonth ? today : `${month}-01`);
  const end = day === undefined ? `${plusMonths(month, 1)}-01` : plusDays(day, 1);
  const pages = usePaged(calendarList({ from: startOf(first), to: startOf(end) }, kinds));
  const title =
    day !== undefined
      ? dayName(day)
      : isThisMonth
        ? t('calendar.agenda.rest', { month: monthName(month) })
        : monthName(month);
  return (
    <section className="agenda" aria-label={t('calendar.agenda')}>
      <header className="agenda-head">
        <h2>{title}</h2>
        {day !== undefined && (
          <Button isSmall look="quiet" onPress={onWholeMonth}>
            {t('calendar.agenda.month')}
          </Button>
        )}
      </header>
      {pages.error !== undefined ? (
        <ErrorState error={pages.error} onRetry={pages.retry} />
      ) : pages.isLoading ? (
        <Skeleton lines={6} />
      ) : pages.rows.length === 0 ? (
        <EmptyState
          icon="calendar"
          title={t(kinds ? 'calendar.empty.filtered.title' : 'calendar.empty.title')}
          text={t(kinds ? 'calendar.empty.filtered.text' : 'calendar.empty.text')}
        />
      ) : (
        <Days rows={pages.rows} hasHeads={day === undefined} today={today} />
      )}
      {pages.hasMore && (
        <Button isSmall look="quiet" isPending={pages.isLoadingMore} onPress={pages.loadMore}>
          {t('parts.loadMore')}
        </Button>
      )}
    </section>
  );
}

function Days({
  rows,
  hasHeads,
  today,
}: {
  readonly rows: readonly CalendarEntry[];
  readonly hasHeads: boolean;
  readonly today: Day;
}) {
  const days = Map.groupBy(rows, ({ at }) => dayOf(at));
  return [...days].map(([day, entries]) => (
    <section key={day} className="agenda-day" aria-label={dayName(day)}>
      {hasHeads && (
        <h3>
          {dayName(day)}{' '}
          <span className="muted">
            {day === today ? t('calendar.today') : ago(startOf(day), new Date(startOf(today)))}
          </span>
        </h3>
      )}
      <ul>
        {entries.map((entry) => (
          <Entry key={`${entry.kind} ${entry.id} ${entry.at}`} entry={entry} />
        ))}
      </ul>
    </section>
  ));
}

function Entry({ entry }: { readonly entry: CalendarEntry }) {
  const { at, kind, planId, quantity, isTest } = entry;
  const what = [planId, quantity === undefined ? undefined : seats(quantity)]
    .filter(Boolean)
    .join(' · ');
  return (
    <li className={mustBeDone(kind) ? 'entry entry-due' : 'entry'}>
      <time dateTime={at} data-hint={exactTime(new Date(at))} tabIndex={0}>
        {clockTime(at)}
      </time>
      <div className="entry-text">
        <span className="row">
          <Name entry={entry} />
          {isTest && <Tag>{t('calendar.test')}</Tag>}
        </span>
        {what !== '' && <small>{what}</small>}
      </div>
      <Kind kind={kind} />
    </li>
  );
}

function seats(count: number): string {
  return t('calendar.seats', { count, number: number(count) });
}

/** The way to where something can be done about it. */
function Name({ entry }: { readonly entry: CalendarEntry }): ReactNode {
  const { id, name, kind, subscriptionId, publisherId } = entry;
  const words = name ?? id;
  if (subscriptionId !== undefined) {
    return (
      <Link to="/subscriptions/$subscriptionId" params={{ subscriptionId }}>
        {words}
      </Link>
    );
  }
  const to =
    kind === 'keyEnds'
      ? '/keys'
      : publisherId === undefined
        ? '/publishers'
        : `/publishers/${publisherId}`;
  return <Link to={to as '/'}>{words}</Link>;
}
