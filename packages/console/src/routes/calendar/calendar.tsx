import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { calendarDays, type CalendarKind } from '../../api/calendar.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Count } from '../../parts/badge.tsx';
import { Page } from '../../parts/page.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { useNow } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { Agenda } from './agenda.tsx';
import { dayOf, plusDays, plusMonths, startOf, weeksOf, type Day } from './days.ts';
import { monthName } from './names.ts';
import { kindsInOrder, mustBeDone } from './kinds.tsx';
import { Month, type Counts } from './month.tsx';
import './calendar.css';

const route = getRouteApi('/calendar');

/** What will happen by itself, and what must be done until when. */
export function CalendarPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const today = dayOf(useNow());
  const month = search.month ?? search.day?.slice(0, 7) ?? today.slice(0, 7);
  const days = weeksOf(month).flat();
  const period = {
    from: startOf(days[0] ?? today),
    to: startOf(plusDays(days.at(-1) ?? today, 1)),
  };
  const query = useQuery(calendarDays(period));
  const chosen = kindsInOrder.filter((kind) => search.kinds?.split(',').includes(kind));
  const change = (next: Partial<typeof search>) =>
    void navigate({ search: { ...search, ...next }, replace: true, resetScroll: false });
  const counts = countsOf(query.data ?? [], chosen);
  return (
    <Page
      title={t('calendar.title')}
      about={t('calendar.about')}
      actions={
        <MonthSwitch
          month={month}
          onChange={(next) => change({ month: next, day: undefined })}
          onToday={() => change({ month: undefined, day: today })}
        />
      }
    >
      <Kinds
        days={query.data ?? []}
        month={month}
        chosen={chosen}
        onChange={(next) => change({ kinds: next.length === 0 ? undefined : next.join(',') })}
      />
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      <div className="calendar">
        <Month
          month={month}
          today={today}
          selected={search.day}
          counts={counts}
          isLoading={query.isPending}
          onSelect={(day) => change({ day, month: day.slice(0, 7) })}
        />
        <Agenda
          month={month}
          today={today}
          day={search.day}
          kinds={chosen.length === 0 ? undefined : chosen}
          onWholeMonth={() => change({ day: undefined, month })}
        />
      </div>
    </Page>
  );
}

type Days = readonly {
  readonly day: Day;
  readonly counts: Readonly<Partial<Record<CalendarKind, number>>>;
}[];

function countsOf(days: Days, chosen: readonly CalendarKind[]): Counts {
  const shown = chosen.length === 0 ? kindsInOrder : chosen;
  return new Map(
    days.map(({ day, counts }) => [
      day,
      shown.flatMap((kind) => {
        const count = counts[kind] ?? 0;
        return count === 0 ? [] : [{ kind, count }];
      }),
    ]),
  );
}

function MonthSwitch({
  month,
  onChange,
  onToday,
}: {
  readonly month: string;
  readonly onChange: (month: string) => void;
  readonly onToday: () => void;
}) {
  return (
    <div className="row">
      <Button isSmall onPress={onToday}>
        {t('calendar.today')}
      </Button>
      <IconButton
        icon="left"
        label={t('calendar.previous')}
        onPress={() => onChange(plusMonths(month, -1))}
      />
      <strong className="calendar-month" aria-live="polite">
        {monthName(month)}
      </strong>
      <IconButton
        icon="right"
        label={t('calendar.next')}
        onPress={() => onChange(plusMonths(month, 1))}
      />
    </div>
  );
}

/** The kinds as filters, each with its number in the month. */
function Kinds({
  days,
  month,
  chosen,
  onChange,
}: {
  readonly days: Days;
  readonly month: string;
  readonly chosen: readonly CalendarKind[];
  readonly onChange: (next: readonly CalendarKind[]) => void;
}) {
  const inMonth = days.filter(({ day }) => day.startsWith(month));
  return (
    <div className="chips" role="group" aria-label={t('calendar.kinds')}>
      {kindsInOrder.map((kind) => {
        const count = inMonth.reduce((sum, { counts }) => sum + (counts[kind] ?? 0), 0);
        const isOn = chosen.includes(kind);
        return (
          <button
            key={kind}
            type="button"
            className="pill"
            aria-pressed={isOn}
            data-hint={t(`calendar.kind.${kind}.hint`)}
            onClick={() =>
              onChange(isOn ? chosen.filter((one) => one !== kind) : [...chosen, kind])
            }
          >
            {t(`calendar.kind.${kind}`)}
            {count > 0 && <Count value={count} tone={mustBeDone(kind) ? 'warn' : 'quiet'} />}
          </button>
        );
      })}
    </div>
  );
}
