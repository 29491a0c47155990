import type { AlertRule } from './alert-rule.ts';
import { alertRules, type AlertName } from './alerts.ts';
import { incidentUrl } from './incident-address.ts';
import type { FoundMatter, MatterKind } from './matters.ts';

interface Matter extends Pick<FoundMatter, 'kind' | 'severity' | 'params'> {
  readonly subject: Pick<FoundMatter['subject'], 'id'>;
}

/** Which alert a matter leads to, for kinds that several alerts count. */
const alertOfKind: Readonly<Partial<Record<MatterKind, (matter: Matter) => AlertName>>> = {
  'credential-ending': ({ severity }) =>
    severity === 'critical' ? 'CredentialEnding' : 'CredentialExpiring',
  'included-unknown': () => 'UsageHeld',
  'reconciliation-failing': () => 'ReconcileFailing',
  'usage-incident': ({ params }) => {
    if (params['incident'] === 'unusual') return 'UsageUnusual';
    return params['incident'] === 'threshold' ? 'UsageThresholdCrossed' : 'UsageMismatch';
  },
};

const rules: readonly (readonly [string, AlertRule])[] = Object.entries(alertRules);

/** The name of the alert about a matter: the matter itself if it is an alert, or the alert that counts its kind. Most kinds have none. */
export function alertOfMatter(matter: Matter): string | undefined {
  if (matter.kind === 'alert') return matter.subject.id;
  const kind = matter.kind as MatterKind;
  return (
    alertOfKind[kind]?.(matter) ?? rules.find(([, { shownAs }]) => shownAs?.includes(kind))?.[0]
  );
}

/** The address of the incident page about a matter; undefined if no alert counts such matters. */
export function incidentUrlOfMatter(matter: Matter, publicUrl: string): string | undefined {
  const alert = alertOfMatter(matter);
  return alert === undefined ? undefined : incidentUrl(alert, publicUrl);
}
