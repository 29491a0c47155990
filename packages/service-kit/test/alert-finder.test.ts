import { expect, test } from 'vitest';
import type { FiringAlert } from '@landfall/contracts/alert-procedures';
import type { AlertRule } from '@landfall/contracts/alert-rule';
import { alertRules, type AlertName } from '@landfall/contracts/alerts';
import { foundMatter, matterKinds } from '@landfall/contracts/matters';
import { alertFinder } from '../src/matters/matters.ts';

function firing(alert: AlertName, labels: Record<string, string> = {}): FiringAlert {
  const { severity, meaning, nextStep, metric } = alertRules[alert];
  const since = '2026-11-20T10:00:00.000Z';
  const service = 'billing-sync';
  const told = { meaning, nextStep, unit: metric.unit };
  return { alert, service, severity, since, value: 7, labels, ...told };
}

const found = (...current: FiringAlert[]) =>
  alertFinder({ current: () => current }).find({} as never, 500);

test('every alert makes a valid matter, unless finer matters show what it counts', async () => {
  for (const name of Object.keys(alertRules) as AlertName[]) {
    const [matter] = await found(firing(name));
    const { shownAs }: AlertRule = alertRules[name];
    if (shownAs) {
      expect(matter).toBeUndefined();
      for (const kind of shownAs) expect(matterKinds).toHaveProperty(kind);
    } else {
      expect(() => foundMatter.parse({ kind: 'alert', ...matter })).not.toThrow();
    }
  }
});

test('an alert of a publisher is a matter of that publisher, and each of its series is one matter', async () => {
  const matters = await found(
    firing('DriftFound', { publisher: 'contoso' }),
    firing('DriftFound', { publisher: 'fabrikam' }),
    firing('ServiceSilent', { service: 'landing' }),
  );
  expect(matters.map(({ publisherId }) => publisherId)).toEqual(['contoso', 'fabrikam', undefined]);
  expect(new Set(matters.map(({ key }) => key)).size).toBe(3);
  expect(matters[2]?.params).toMatchObject({ alert: 'service silent', about: 'landing' });
});

test('a value that moves does not change the matter', async () => {
  const alert = firing('PoolExhausted');
  expect(await found({ ...alert, value: 30 })).toEqual(await found({ ...alert, value: 31 }));
});
