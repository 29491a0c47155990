import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { CalendarKind } from '../../api/calendar.ts';
import { number, t } from '../../words/words.ts';
import { plusDays, plusMonths, weeksOf, type Day } from './days.ts';
import { dayName, monthName, weekdayName } from './names.ts';
import { tones } from './kinds.tsx';

export type Counts = ReadonlyMap<
  Day,
  readonly { readonly kind: CalendarKind; readonly count: number }[]
>;

interface MonthProps {
  readonly month: string;
  readonly today: Day;
  readonly selected: Day | undefined;
  readonly counts: Counts;
  readonly isLoading: boolean;
  readonly onSelect: (day: Day) => void;
}

/** More would not fit; the agenda has all. */
const LINES = 3;

/**
 * The month as a grid. One day is a stop of the Tab key; arrows, Home, End, Page Up and Page Down move between days (WAI-ARIA,
 * date grid), and Enter shows a day in the agenda.
 */
export function Month({ month, today, selected, counts, isLoading, onSelect }: MonthProps) {
  const grid = useRef<HTMLTableElement>(null);
  const [focused, setFocused] = useState<Day>();
  const weeks = weeksOf(month);
  const isHere = (day: Day | undefined) => day?.startsWith(month) === true;
  const stop = [focused, selected, today].find(isHere) ?? `${month}-01`;
  const hasMoved = useRef(false);
  useEffect(() => {
    if (!hasMoved.current) return;
    hasMoved.current = false;
    grid.current?.querySelector<HTMLElement>(`[data-day="${stop}"]`)?.focus();
  }, [stop]);
  const move = (event: KeyboardEvent) => {
    const next = destination(event.key, stop);
    if (next === undefined) return;
    event.preventDefault();
    hasMoved.current = true;
    setFocused(next);
    if (!isHere(next)) onSelect(next);
  };
  return (
    <table
      ref={grid}
      className="month"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- A date grid of WAI-ARIA is a table.
      role="grid"
      aria-label={monthName(month)}
      aria-busy={isLoading}
      onKeyDown={move}
    >
      <thead>
        <tr>
          {weeks[0]?.map((day) => (
            <th key={day} scope="col">
              {weekdayName(day)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((day) => (
              <DayCell
                key={day}
                day={day}
                entries={counts.get(day) ?? []}
                isOutside={!isHere(day)}
                isToday={day === today}
                isSelected={day === selected}
                isStop={day === stop}
                onSelect={onSelect}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function destination(key: string, from: Day): Day | undefined {
  const weekday = (new Date(from).getUTCDay() + 6) % 7;
  const inMonth = (count: number) => {
    const month = plusMonths(from.slice(0, 7), count);
    const last = plusDays(`${plusMonths(month, 1)}-01`, -1);
    const same = `${month}${from.slice(7)}`;
    return same < last ? same : last;
  };
  switch (key) {
    case 'ArrowLeft':
      return plusDays(from, -1);
    case 'ArrowRight':
      return plusDays(from, 1);
    case 'ArrowUp':
      return plusDays(from, -7);
    case 'ArrowDown':
      return plusDays(from, 7);
    case 'Home':
      return plusDays(from, -weekday);
    case 'End':
      return plusDays(from, 6 - weekday);
    case 'PageUp':
      return inMonth(-1);
    case 'PageDown':
      return inMonth(1);
    default:
      return undefined;
  }
}

function DayCell({
  day,
  entries,
  isOutside,
  isToday,
  isSelected,
  isStop,
  onSelect,
}: {
  readonly day: Day;
  readonly entries: readonly { readonly kind: CalendarKind; readonly count: number }[];
  readonly isOutside: boolean;
  readonly isToday: boolean;
  readonly isSelected: boolean;
  readonly isStop: boolean;
  readonly onSelect: (day: Day) => void;
}) {
  const more = entries.slice(LINES).reduce((sum, { count }) => sum + count, 0);
  return (
    <td
      role="gridcell"
      aria-selected={isSelected}
      className={isOutside ? 'day day-outside' : 'day'}
    >
      <button
        type="button"
        className="day-button"
        data-day={day}
        tabIndex={isStop ? 0 : -1}
        {...(isToday ? { 'aria-current': 'date' as const } : {})}
        onClick={() => onSelect(day)}
      >
        <span className="visually-hidden">{dayName(day)}</span>
        <span className="day-number" aria-hidden="true">
          {Number(day.slice(8))}
        </span>
        {entries.slice(0, LINES).map(({ kind, count }) => (
          <span key={kind} className={`day-line tone-${tones[kind]}`}>
            <b>{number(count)}</b> {t(`calendar.kind.${kind}`)}
          </span>
        ))}
        {more > 0 && <span className="day-more">{t('calendar.more', { count: more })}</span>}
      </button>
    </td>
  );
}
