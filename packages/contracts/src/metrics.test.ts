import { expect, test } from 'vitest';
import { metricLabels, type MetricSpec } from './metric-spec.ts';
import { metrics } from './metrics.ts';

const specs: readonly MetricSpec[] = Object.values(metrics);

test('metric names are unique, and end in their unit as Prometheus recommends', () => {
  expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
  for (const { name, kind, unit } of specs) {
    expect(name).toMatch(/^landfall_[a-z_]+[a-z]$/);
    expect(name.endsWith('_total'), name).toBe(kind === 'counter');
    if (unit === 'seconds' || unit === 'bytes' || unit === 'ratio') {
      expect(name.endsWith(`_${unit}`), name).toBe(true);
    }
  }
});

test('no label accepts an id, an address, the name of a person or a path with an id', () => {
  const unbounded = [
    '4f6f1c0e-1b8a-4f3e-9c57-0f5f3d0f6f11',
    'ada@fabrikam.example',
    'Ada Lovelace',
    '/landing/4f6f1c0e-1b8a-4f3e-9c57-0f5f3d0f6f11',
    'https://product.example/hook?token=1',
  ];
  // Publisher ids may look like GUIDs; their number is bounded by the configuration.
  const { publisher, ...others } = metricLabels;
  for (const form of Object.values(others)) {
    for (const value of unbounded) expect(form.test(value), `${form} ${value}`).toBe(false);
  }
  for (const value of unbounded.slice(1)) expect(publisher.test(value)).toBe(false);
});
