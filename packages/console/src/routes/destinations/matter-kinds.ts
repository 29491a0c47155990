import type { MatterKind } from '@landfall/contracts/matters';
import { t } from '../../words/words.ts';

/** Every kind of matter, with the most urgent first; the contract's own list brings its schemas with it. */
const kinds: Readonly<Record<MatterKind, true>> = {
  'activation-failed': true,
  'approval-waiting': true,
  'not-configured': true,
  'provisioning-waiting': true,
  'provisioning-failed': true,
  'suspension-ending': true,
  'renewal-ahead': true,
  'trial-ending': true,
  'access-request-waiting': true,
  'stranger-at-landing': true,
  'refusal-overruled': true,
  'change-failed': true,
  'operation-without-target': true,
  'operation-contradicted': true,
  'operation-unconfirmed': true,
  'action-unknown': true,
  'effect-missing': true,
  'notification-unreadable': true,
  'subscription-unknown': true,
  'status-unrecognised': true,
  'drift-unhealed': true,
  'reconciliation-failing': true,
  'usage-refused': true,
  'usage-mismatch': true,
  'usage-outcome-unknown': true,
  'usage-expiring': true,
  'usage-written-off': true,
  'included-unknown': true,
  'usage-incident': true,
  'recurring-late': true,
  'delivery-dead': true,
  'destination-failing': true,
  'destination-disabled': true,
  'task-parked': true,
  'dead-letter': true,
  'credential-ending': true,
  'credential-refused': true,
  'key-ending': true,
  'backup-old': true,
  alert: true,
};

export const matterKindNames = Object.keys(kinds) as MatterKind[];

export function matterKindWords(kind: MatterKind): string {
  return t(`destinations.kind.${kind}`);
}
