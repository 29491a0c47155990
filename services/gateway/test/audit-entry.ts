import { randomUUID } from 'node:crypto';
import type { NewEntry } from '../src/audit/chain.ts';

/** An entry of the audit log, as if the gateway had recorded it now. */
export function entry(given: Partial<NewEntry> = {}): NewEntry {
  return {
    at: new Date(),
    actor: 'key 1',
    publisherId: null,
    procedure: 'policies.put',
    subject: null,
    outcome: 'done',
    reason: null,
    requestedBy: null,
    approvedBy: null,
    source: null,
    before: null,
    after: null,
    correlationId: randomUUID(),
    times: 1,
    ...given,
  };
}
