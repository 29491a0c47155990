import { expect, test } from 'vitest';
import type { AlertRule } from './alert-rule.ts';
import { alertRules } from './alerts.ts';
import { incidentGroups } from './incidents.ts';
import { alertOfMatter, incidentUrlOfMatter } from './matter-incidents.ts';
import { matterKinds, type MatterKind } from './matters.ts';

const PUBLIC_URL = 'https://landfall.contoso.example';

function matter(kind: MatterKind, changes: Partial<Parameters<typeof alertOfMatter>[0]> = {}) {
  const { severity, about } = matterKinds[kind];
  return { kind, severity, subject: { id: about }, params: {}, ...changes };
}

test('a matter that is an alert leads to the page of that alert, even if only a newer version knows it', () => {
  const about = (id: string) => matter('alert', { subject: { id } });
  expect(incidentUrlOfMatter(about('BuyersTurnedAway'), PUBLIC_URL)).toBe(
    'https://landfall.contoso.example/docs/incidents#buyers-turned-away',
  );
  expect(alertOfMatter(about('AlertOfANewerVersion'))).toBe('AlertOfANewerVersion');
});

test('the address leaves out the user name, the password and the path of the public URL', () => {
  const about = matter('alert', { subject: { id: 'ServiceSilent' } });
  expect(incidentUrlOfMatter(about, 'https://proxy:hunter2@landfall.contoso.example/app/')).toBe(
    'https://landfall.contoso.example/docs/incidents#service-silent',
  );
});

test('each kind of matter that an alert counts leads to the page of such an alert', () => {
  const rules: readonly (readonly [string, AlertRule])[] = Object.entries(alertRules);
  const anchors = incidentGroups.flatMap(({ pages }) => pages.map(({ anchor }) => anchor));
  for (const kind of new Set(rules.flatMap(([, { shownAs = [] }]) => shownAs))) {
    const counting = rules.filter(([, { shownAs }]) => shownAs?.includes(kind));
    const params = kind === 'usage-incident' ? { incident: 'unusual' } : {};
    const found = matter(kind, { params });
    expect(counting.map(([alert]) => alert)).toContain(alertOfMatter(found));
    expect(anchors).toContain(incidentUrlOfMatter(found, PUBLIC_URL)?.split('#')[1]);
  }
  expect(incidentUrlOfMatter(matter('renewal-ahead'), PUBLIC_URL)).toBeUndefined();
});

test('if several alerts count a kind, a matter leads to the one that fits it', () => {
  const ending = (severity: 'critical' | 'warning') =>
    alertOfMatter(matter('credential-ending', { severity }));
  expect([ending('critical'), ending('warning')]).toEqual([
    'CredentialEnding',
    'CredentialExpiring',
  ]);
  const usage = (incident: string) =>
    alertOfMatter(matter('usage-incident', { params: { incident } }));
  expect(['unusual', 'threshold', 'overBilled'].map(usage)).toEqual([
    'UsageUnusual',
    'UsageThresholdCrossed',
    'UsageMismatch',
  ]);
  expect(alertOfMatter(matter('reconciliation-failing'))).toBe('ReconcileFailing');
});
