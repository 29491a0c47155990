import { html } from 'hono/html';
import type { Html } from '../../web/pages/frame.ts';
import type { Words } from '../../words/words.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Sizes in the drawing's own units. The style sheet sets its size on the page. */
const HEIGHT = 24;
const SLOT = 10;
const BAR = 8;
/** The lowest bar, so that a day with little usage differs from a day without any. */
const LEAST = 1;
/** Room for this many days, so that the bars of a few days are not as wide as the page. */
const LEAST_SLOTS = 10;

interface Day {
  /** A date in UTC. */
  readonly day: string;
  /** Decimal text. Rounded only for drawing. */
  readonly used: string;
}

/** One bar per day, from the first day with usage to the last, and a sentence below. A single day needs no chart. */
export function usageChart(
  words: Words,
  { name, days }: { readonly name: string; readonly days: readonly Day[] },
): Html | string {
  const [first] = days;
  const last = days.at(-1);
  if (!first || !last || first === last) return '';
  const amounts = new Map(days.map(({ day, used }) => [Date.parse(day), Number(used)]));
  const start = Date.parse(first.day);
  const count = (Date.parse(last.day) - start) / DAY_MS + 1;
  const [top = first] = days.toSorted((one, other) => Number(other.used) - Number(one.used));
  const most = Number(top.used) || 1;
  const date = ({ day }: Day) => words.date(new Date(day));
  const label = words.t('manage.usage.chart', {
    from: date(first),
    to: date(last),
    most: words.quantity(top.used),
    day: date(top),
  });
  const bars = Array.from({ length: count }, (_, index) => {
    const used = amounts.get(start + index * DAY_MS) ?? 0;
    if (used <= 0) return '';
    const height = Math.max(LEAST, Math.round((used / most) * HEIGHT * 10) / 10);
    return html`<rect
      x="${index * SLOT}"
      y="${HEIGHT - height}"
      width="${BAR}"
      height="${height}"
    />`;
  });
  const width = Math.max(count, LEAST_SLOTS) * SLOT;
  return html`<svg
      class="chart"
      role="img"
      aria-label="${name}: ${label}"
      viewBox="0 0 ${width} ${HEIGHT}"
      preserveAspectRatio="none"
    >
      ${bars}
    </svg>
    <p class="note" aria-hidden="true">${label}</p>`;
}
