import type { Evidence } from '../evidence.ts';
import { checkBothSides } from './both-sides.ts';
import type { Breach } from './breach.ts';
import { checkChanges } from './changes.ts';
import { checkFacts } from './facts.ts';
import { checkNotifications } from './notifications.ts';
import { checkOperations } from './operations.ts';
import { checkProductEvents } from './product-events.ts';
import { checkProvisioning } from './provisioning.ts';
import { checkTimeline } from './timeline.ts';

/** Checks every guarantee except those on usage against the evidence; empty if all hold. Pure. */
export function check(evidence: Evidence, when: 'drained' | 'reconciled'): Breach[] {
  return [
    ...checkBothSides(evidence, when),
    ...checkNotifications(evidence),
    ...checkOperations(evidence),
    ...checkTimeline(evidence),
    ...checkChanges(evidence),
    ...checkFacts(evidence),
    ...checkProductEvents(evidence),
    ...checkProvisioning(evidence),
  ];
}
