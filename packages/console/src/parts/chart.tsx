import { lazy, Suspense } from 'react';
import { number, t } from '../words/words.ts';
import { Time } from './time.tsx';

const Plot = lazy(async () => ({ default: (await import('./plot.tsx')).Plot }));

export interface Series {
  readonly label: string;
  /** One value for each time; null where none is known. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  /** What is shown, for the caption and for screen readers. */
  readonly label: string;
  readonly times: readonly (string | Date)[];
  readonly series: readonly Series[];
  readonly kind?: 'line' | 'bars';
  readonly height?: number;
}

/** A picture of numbers. The numbers stand beside it in a table, for everyone who cannot use the picture. */
export function Chart(props: ChartProps) {
  const { label, times, series, height = 220 } = props;
  return (
    <figure className="chart">
      <figcaption>
        {label}
        {series.length > 1 && (
          <span className="chart-legend">
            {series.map((one, index) => (
              <span key={one.label} className={`legend legend-${index + 1}`}>
                {one.label}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <div className="chart-box" style={{ height }}>
        <Suspense fallback={null}>
          <Plot {...props} height={height} />
        </Suspense>
      </div>
      <details className="chart-table">
        <summary>{t('parts.chart.table')}</summary>
        <table className="table-plain" aria-label={label}>
          <thead>
            <tr>
              <th>{t('parts.time.utc')}</th>
              {series.map((one) => (
                <th key={one.label} className="end">
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((at, row) => (
              <tr key={String(at)}>
                <th scope="row">
                  <Time at={at} />
                </th>
                {series.map((one) => {
                  const value = one.values[row];
                  return (
                    <td key={one.label} className="end">
                      {value === null || value === undefined ? '–' : number(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
