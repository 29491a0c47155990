import type { MatterKind } from '@landfall/contracts/matters';
import type { Scope } from '@landfall/contracts/scopes';
import type { api, withKey } from '../../api/client.ts';
import type { Matter } from '../../api/matters.ts';
import type { WordKey } from '../../words/areas.ts';

/** A page on which the next step is done. */
export interface MatterPlace {
  readonly to: string;
  readonly search?: Readonly<Record<string, unknown>>;
  readonly label: WordKey;
}

/** A command that is the next step. */
export interface MatterCommand {
  readonly scope: Scope;
  readonly label: WordKey;
  /** What it does, for the dialog. */
  readonly about: WordKey;
  /** Namespaces to read again. */
  readonly changes: readonly string[];
  readonly run: (client: typeof api, options: ReturnType<typeof withKey>) => Promise<unknown>;
}

/** The command of a kind; undefined if a person first has to look. */
export function commandOf(matter: Matter): MatterCommand | undefined {
  const { subject, subscriptionId = '' } = matter;
  switch (matter.kind as MatterKind) {
    case 'activation-failed':
      return {
        scope: 'subscriptions:write',
        label: 'matters.do.activate',
        about: 'matters.do.activate.about',
        changes: ['subscriptions', 'activity'],
        run: (client, options) => client.subscriptions.activate.mutate({ subscriptionId }, options),
      };
    case 'task-parked':
      return {
        scope: 'tasks:write',
        label: 'matters.do.replayTask',
        about: 'matters.do.replayTask.about',
        changes: ['parkedTasks', 'subscriptions', 'activity'],
        run: (client, options) =>
          client.parkedTasks.replay.mutate(
            { taskIds: [Number(subject.id)], dryRun: false },
            options,
          ),
      };
    case 'dead-letter':
      return {
        scope: 'tasks:write',
        label: 'matters.do.replayLetters',
        about: 'matters.do.replayLetters.about',
        changes: ['deadLetters'],
        run: (client, options) =>
          client.deadLetters.replay.mutate({ durable: subject.id, dryRun: false }, options),
      };
    case 'delivery-dead':
      return {
        scope: 'destinations:write',
        label: 'matters.do.replayDeliveries',
        about: 'matters.do.replayDeliveries.about',
        changes: ['deliveries', 'destinations'],
        run: (client, options) =>
          client.deliveries.replay.mutate({ destinationId: subject.id, dryRun: false }, options),
      };
    case 'destination-disabled':
      return {
        scope: 'destinations:write',
        label: 'matters.do.enable',
        about: 'matters.do.enable.about',
        changes: ['destinations', 'deliveries'],
        run: (client, options) =>
          client.destinations.enable.mutate({ destinationId: subject.id }, options),
      };
    case 'reconciliation-failing':
      return {
        scope: 'reconciliation:run',
        label: 'matters.do.reconcile',
        about: 'matters.do.reconcile.about',
        changes: ['reconciliation'],
        run: (client, options) =>
          client.reconciliation.start.mutate(
            matter.publisherId === undefined ? {} : { publisherId: matter.publisherId },
            options,
          ),
      };
    case 'drift-unhealed':
    case 'effect-missing':
    case 'subscription-unknown':
    case 'operation-unconfirmed':
      return {
        scope: 'subscriptions:write',
        label: 'matters.do.reread',
        about: 'matters.do.reread.about',
        changes: ['subscriptions', 'activity'],
        run: (client, options) => client.subscriptions.reread.mutate({ subscriptionId }, options),
      };
    default:
      return undefined;
  }
}

/** Where a person looks further, the most useful page first. */
export function placesOf(matter: Matter): readonly MatterPlace[] {
  const { subscriptionId, subject } = matter;
  const subscription: readonly MatterPlace[] =
    subscriptionId === undefined
      ? []
      : [{ to: `/subscriptions/${subscriptionId}`, label: 'matters.open.subscription' }];
  switch (matter.kind as MatterKind) {
    case 'approval-waiting':
      return [{ to: `/subscriptions/${subject.id}`, label: 'matters.open.decide' }];
    case 'access-request-waiting':
      return subscription;
    case 'delivery-dead':
    case 'destination-failing':
    case 'destination-disabled':
      return [
        {
          to: '/deliveries',
          search: { destinationId: subject.id },
          label: 'matters.open.deliveries',
        },
        { to: `/destinations/${subject.id}`, label: 'matters.open.destination' },
      ];
    case 'notification-unreadable':
      return [{ to: `/inbox/${subject.id}`, label: 'matters.open.notification' }];
    case 'credential-ending':
    case 'credential-refused':
      return [{ to: '/doctor', label: 'matters.open.doctor' }];
    case 'usage-refused':
      return [
        { to: '/usage', search: { subscriptionId }, label: 'matters.open.refusedHours' },
        ...subscription,
      ];
    case 'usage-mismatch':
    case 'usage-outcome-unknown':
    case 'usage-written-off':
    case 'usage-incident':
      return [
        {
          to: '/usage',
          search: { subscriptionId },
          label: 'matters.open.usage',
        },
        ...subscription,
      ];
    case 'usage-expiring':
      return [
        { to: '/doctor', label: 'matters.open.doctor' },
        { to: '/usage', search: { subscriptionId }, label: 'matters.open.usage' },
      ];
    case 'included-unknown':
      return [
        {
          to: '/catalogue',
          search: { offerId: matter.offerId, planId: matter.params['plan'] },
          label: 'matters.open.included',
        },
        ...subscription,
      ];
    case 'recurring-late':
      return [{ to: '/usage', label: 'matters.open.usage' }, ...subscription];
    case 'reconciliation-failing':
      return [
        { to: '/doctor', label: 'matters.open.doctor' },
        { to: '/reconciliation', label: 'matters.open.reconciliation' },
      ];
    case 'key-ending':
      return [{ to: '/keys', label: 'matters.open.keys' }];
    case 'backup-old':
    case 'dead-letter':
    case 'alert':
      return [{ to: '/health', label: 'matters.open.health' }];
    case 'operation-contradicted':
    case 'operation-without-target':
    case 'operation-unconfirmed':
    case 'action-unknown':
    case 'refusal-overruled':
      return [
        ...subscription,
        {
          to: '/operations',
          search: { subscriptionId },
          label: 'matters.open.operations',
        },
      ];
    default:
      return subscription;
  }
}
