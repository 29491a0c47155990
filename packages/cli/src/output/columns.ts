import type { Column } from './table.ts';
import { words } from './values.ts';

/** Fields that every list would show and that rarely matter: they come last. */
const LATE = /^(updatedAt|version|correlationId|publisherId|messageId)$/;

/** What a list shows first. Other lists show their fields in the order of the contract. */
const chosen: Readonly<Record<string, string>> = {
  'subscriptions.list':
    'id status offerId planId quantity name term.endDate channel activation.state createdAt publisherId',
  'subscriptions.timeline': 'at kind cause details operationId',
  'notifications.list': 'id action subscriptionId verdict receivedAt deliveries reason',
  'deliveries.list': 'id type state attempts subscriptionId createdAt',
  'destinations.list': 'id label state url types failingSince',
  'usage.hours':
    'hour subscriptionId dimension used reported billed state status problem expiresAt',
  'keys.list': 'id label state publisherId lastUsedAt expiresAt scopes',
  'operators.list': 'operatorId name email role publisherId source lastSignInAt sessions',
  'audit.list': 'at actorLabel actor procedure subject outcome reason from times',
  'reconciliation.list': 'runId state dryRun startedAt listed drifted healed errors',
};

/** What to do if a list is empty. */
const hints: Readonly<Record<string, string>> = {
  'subscriptions.list':
    'A subscription appears when a buyer opens the landing page. On a local stack, run: landfall trigger purchase',
  'notifications.list': 'Notifications appear when Microsoft calls the connection webhook.',
  'destinations.list':
    'Add one with: landfall destinations create --label product --url https://… Or receive events on this machine: landfall events listen --forward-to http://localhost:3000/events',
  'deliveries.list':
    'Deliveries appear when something happens that matches the filters of a destination.',
  'usage.hours': 'Usage appears when your product reports it: landfall usage report --help',
  'keys.list': 'Create one with: landfall keys create --label product --scopes subscriptions:read',
  'reconciliation.list': 'Compare with Microsoft now: landfall reconcile --dry-run',
};

export function columnsFor(name: string, fields: readonly string[] = []): readonly Column[] {
  const paths = chosen[name]?.split(' ') ?? [
    ...fields.filter((field) => !LATE.test(field)),
    ...fields.filter((field) => LATE.test(field)),
  ];
  return paths.map((path) => ({ path, title: titleOf(path) }));
}

function titleOf(path: string): string {
  return path.split('.').map(words).join(' ').toUpperCase();
}

export function hintFor(name: string): string | undefined {
  return hints[name];
}
