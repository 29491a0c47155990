import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { locale, shortNumber } from '../words/words.ts';
import type { ChartProps } from './chart.tsx';

const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Loaded when a chart is first shown. It draws on a canvas, so it reads its colours from the page. */
export function Plot({ label, times, series, kind = 'line', height = 220 }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const color = (name: string) => resolved(element, name);
    const axis = {
      stroke: color('--faint'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: `11px ${getComputedStyle(element).fontFamily}`,
    };
    const bars = kind === 'bars' ? uPlot.paths.bars?.({ size: [0.6, 40] }) : undefined;
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { y: false, points: { size: 6 } },
        axes: [
          {
            ...axis,
            grid: { show: false },
            values: (_, at) => at.map((s) => days.format(s * 1000)),
          },
          { ...axis, size: 44, values: (_, values) => values.map(shortNumber) },
        ],
        series: [
          {},
          ...series.map((one, index) => {
            const stroke = color(`--chart-${index + 1}`);
            return {
              label: one.label,
              stroke,
              width: 2,
              points: { show: false },
              ...(bars ? { paths: bars, fill: stroke } : {}),
            };
          }),
        ],
      },
      [
        times.map((at) => new Date(at).getTime() / 1000),
        ...series.map(({ values }) => [...values]),
      ],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [times, series, kind, height]);
  return <div ref={box} role="img" aria-label={label} />;
}

/** The value of a token for the canvas, which does not know `light-dark()`. */
function resolved(element: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
