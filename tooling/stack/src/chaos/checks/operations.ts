import type { OperationView } from '@landfall/emulator/views';
import type { Evidence, OperationRow } from '../evidence.ts';
import { isForbidden } from '../policy.ts';
import type { Breach } from './breach.ts';

/**
 * Microsoft accepts a change by itself after ten seconds without an answer; a later decision is too
 * late.
 */
const WINDOW_MS = 10_000;

/**
 * Each operation that has ended at Microsoft and was notified has exactly one outcome here, and the
 * right one.
 */
export function checkOperations(evidence: Evidence): Breach[] {
  const ours = new Map(evidence.operations.map((row) => [row.operationId, row]));
  const offers = new Map(evidence.marketplace.subscriptions.map((one) => [one.id, one.offerId]));
  const known = new Map(
    evidence.marketplace.deliveries.map((delivery) => [delivery.operationId, delivery.state]),
  );
  return evidence.marketplace.operations.flatMap((operation) => {
    const state = known.get(operation.id);
    if (state !== 'delivered' && state !== 'rejected') return [];
    const row = ours.get(operation.id);
    const offerId = offers.get(operation.subscriptionId);
    const found = row ? wrong({ ...operation, offerId }, row) : 'we have no record of it';
    return found === undefined
      ? []
      : [{ ...about(operation), found: `${named(operation)}: ${found}` }];
  });
}

function about({ subscriptionId }: OperationView) {
  return {
    guarantee: 'an operation has one outcome, the same as in the marketplace',
    subscriptionId,
  };
}

function named({ action, id, status, source }: OperationView): string {
  return `${action} ${id} of ${source} is ${status}`;
}

function wrong(
  operation: OperationView & { readonly offerId: string | undefined },
  row: OperationRow,
): string | undefined {
  const { outcome, decision } = row;
  const isRefused = decision === 'refuse';
  const expected = expectedOutcome(operation.status, isRefused);
  if (outcome !== expected) return `our outcome is ${outcome}, not ${expected}`;
  if (operation.source === 'Partner') {
    return isRefused ? "we refused the publisher's own change" : undefined;
  }
  const forbidden = isForbidden(operation);
  if (isRefused && !forbidden) return 'we refused it although no rule forbids it';
  const tookMs = Date.parse(operation.endedAt ?? '') - Date.parse(operation.createdAt);
  if (forbidden && decision === 'accept' && tookMs < WINDOW_MS) return 'a rule forbids it';
  return undefined;
}

function expectedOutcome(status: OperationView['status'], isRefused: boolean): string {
  if (status === 'Succeeded') return isRefused ? 'overruled' : 'succeeded';
  return isRefused ? 'refused' : 'failed';
}
