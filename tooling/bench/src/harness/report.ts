import type { Goal, Result } from './compare.ts';

/** The line of a result for programs. */
export function jsonLine({ also, spread, ...result }: Result): string {
  return JSON.stringify({ ...result, spread: Number(spread.toFixed(3)), also });
}

/** The line of a result for people. */
export function textLine(result: Result): string {
  const { name, unit, ours, peer, peerName, ratio, goal, met, spread, also } = result;
  const parts = [
    met === null ? ' ' : met ? '✓' : '✗',
    name.padEnd(44),
    `${figure(ours)} ${unit}`.padEnd(14),
    peer === null ? '' : `${peerName} ${figure(peer)} ${unit}`,
    ratio === null ? '' : `ratio ${ratio.toFixed(2)}`,
    goal === null ? '' : `goal ${goalText(goal, unit)}`,
    `±${Math.round(spread * 100)} %`,
    ...Object.entries(also).map(([key, value]) => `${key} ${value}`),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

export function goalText(goal: Goal, unit: string): string {
  if ('atLeast' in goal) return `≥ ${goal.atLeast} ${unit}`;
  if ('atMost' in goal) return `≤ ${goal.atMost} ${unit}`;
  return 'ratioAtLeast' in goal ? `≥ ${goal.ratioAtLeast} ×` : `≤ ${goal.ratioAtMost} ×`;
}

function figure(value: number): string {
  return value >= 1000
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)));
}
