import type { alertRules } from '../alerts.ts';
import type { Incident } from './incident.ts';

type Name = Extract<
  keyof typeof alertRules,
  | 'NotificationsUnpublished'
  | 'NotificationsUnreadable'
  | 'NotificationsNotTaken'
  | 'NotificationsUnprocessed'
  | 'WebhookFailing'
  | 'WebhookCallersRefused'
  | 'TasksOverdue'
  | 'TasksParked'
  | 'EffectsMissing'
  | 'DecisionsMissed'
  | 'ProxyNotTrusted'
  | 'BuyersTurnedAway'
  | 'ConfirmationsWaiting'
  | 'AccessRequestsWaiting'
>;

/** Incidents that customers notice: notifications, the work on them, and the pages. */
export const customerIncidents: Readonly<Record<Name, Incident>> = {
  NotificationsUnpublished: {
    effect:
      "Customers' changes wait, although Microsoft was told that they arrived. Nothing is lost: the notifications are in PostgreSQL.",
    causes: [
      [
        'JetStream does not take messages: it is down, full, or without a leader.',
        '`landfall doctor`, checks `nats.server` and `nats.streams`; the log of `webhook-ingest` has `loop: relay`.',
        'Start nats-server, or free its disk. webhook-ingest publishes what waits within seconds.',
      ],
      [
        'A plan or seat change waits for its decision, and the worker does not answer.',
        '`landfall alerts list` shows that `fulfillment-worker` does not answer.',
        'Start it.',
      ],
    ],
  },
  NotificationsUnreadable: {
    effect:
      'A change of a customer may be missing. If a rule could refuse it, Microsoft gets 503 and calls again for eight hours.',
    causes: [
      [
        'A proxy or firewall truncates or rewrites the body.',
        '`landfall notifications list --is-unreadable` shows the problem and how the body begins.',
        'Configure the proxy to pass `/webhook` unchanged, with bodies of up to 64 KB.',
      ],
      [
        'Microsoft sends a form that Landfall does not know.',
        'The body is whole JSON, but without a subscription or an action.',
        'Report it with the body. The reconciliation that Landfall has started corrects the record: `landfall reconciliation list`.',
      ],
    ],
  },
  NotificationsNotTaken: {
    effect:
      "Customers' changes wait. Decisions are still made, because webhook-ingest asks for them directly.",
    causes: [
      [
        'No `fulfillment-worker` runs.',
        '`landfall alerts list` shows that it does not answer.',
        'Start it.',
      ],
      [
        'It cannot write to its database.',
        'Its log has `fault; trying again later` with a code that begins with `database.`; `/readyz` shows `postgres` as false.',
        'Restore PostgreSQL, or the rights of the role.',
      ],
      [
        'Its user may not read the stream.',
        '`landfall doctor`, check `nats.permissions`.',
        'Load the users file of this version, and reload nats-server.',
      ],
    ],
  },
  NotificationsUnprocessed: {
    effect:
      'The changes of these customers have not arrived in the record or at the product. Others are not affected.',
    causes: [
      [
        "Microsoft's API does not answer, or refuses.",
        '`landfall doctor`, checks `fulfillment.api` and `credential.token`.',
        'Do what the check says. If Microsoft is down, wait: tasks continue by themselves.',
      ],
      [
        'The product has not answered about one subscription.',
        '`landfall subscriptions operations <subscription-id>` and the timeline show what it waits for.',
        'Make the product confirm, or run `landfall subscriptions fail-provisioning <subscription-id> --reason "<reason>"`.',
      ],
      [
        'There are more notifications than the workers can carry out.',
        '`landfall_lanes_waiting` grows.',
        'Run more instances of `fulfillment-worker`.',
      ],
    ],
  },
  WebhookFailing: {
    effect:
      'Microsoft gets 503 and repeats each call for up to eight hours. After that, a plan or seat change counts as accepted or fails, and other changes are found only by the next reconciliation.',
    causes: [
      [
        '`webhook-ingest` does not run, or the gateway cannot reach it.',
        '`landfall alerts list` shows that it does not answer; the log of the `gateway` has `an upstream did not answer`.',
        'Start it, or correct `WEBHOOK_INGEST_URL` of the gateway.',
      ],
      [
        'PostgreSQL accepts no rows.',
        'Other alerts are active too: ReadingsFailed or DatabaseReadOnly.',
        'See the page of that alert.',
      ],
      [
        'The worker does not decide in time while a rule could refuse.',
        'The log of `webhook-ingest` has `got no decision in time` with the reason.',
        'Start or restart `fulfillment-worker`, or run more instances.',
      ],
      ['Bodies cannot be read.', 'NotificationsUnreadable is active.', 'See its page.'],
    ],
  },
  WebhookCallersRefused: {
    effect:
      "If the callers are Microsoft, customers' changes do not arrive: a 401 can count as a refusal of a change. If someone is probing, there is no effect.",
    causes: [
      [
        'A proxy removes the `Authorization` header.',
        '`landfall doctor`, check `webhook.reachable`.',
        'Configure the proxy to pass it on.',
      ],
      [
        'The offer and the settings name different applications.',
        '`landfall notifications counters` has `audience`, `tenant` or `caller` as the reason.',
        "Compare tenant and application of the offer's *Technical configuration* with `PUBLISHER_TENANT_ID` and `FULFILLMENT_CLIENT_ID`.",
      ],
      [
        'Someone is probing the address.',
        'The counters have only `missing` and `malformed`, and `accepted` grows as well.',
        'Nothing to do. To slow it down, limit `/webhook` in your proxy, but not for Microsoft: its addresses change.',
      ],
    ],
  },
  TasksOverdue: {
    effect: 'All purchases and changes are late.',
    causes: [
      [
        'No worker runs, or all hang.',
        '`landfall alerts list`; `landfall_lanes_held` is 0.',
        'Start or restart `fulfillment-worker`. Leases of a worker that hangs end after half a minute.',
      ],
      [
        'The workers are at their limit.',
        '`landfall_lanes_held` stays at its highest value, and `landfall_lanes_waiting` grows.',
        'Run more instances, or raise `LANE_CONCURRENCY` if Microsoft answers quickly.',
      ],
      [
        'PostgreSQL is slow.',
        'PoolExhausted is active, or statements take seconds.',
        'See its page.',
      ],
    ],
  },
  TasksParked: {
    effect:
      "The subscription of each parked task may differ from Microsoft's record until it is replayed.",
    causes: [
      [
        'Microsoft refuses the call of this subscription.',
        '`landfall parked-tasks list` has the reason; `landfall subscriptions exchanges <subscription-id>` has what Microsoft answered.',
        'Fix what it says, run `landfall parked-tasks replay --task-id <task-id> --dry-run`, then run it without `--dry-run`.',
      ],
      [
        'The publisher was removed from the list, or its credential does not work.',
        'The reason names the access; `landfall credentials status`.',
        'Restore it, then replay.',
      ],
      [
        'The task is not needed any more.',
        'The subscription has ended, and its record agrees: `landfall subscriptions truths <subscription-id>`.',
        '`landfall parked-tasks discard --task-id <task-id> --because "<reason>"`. This cannot be undone.',
      ],
    ],
  },
  EffectsMissing: {
    effect:
      'The product does not know of this change yet. Landfall reads again for an hour, and then parks the task.',
    causes: [
      [
        "Microsoft's record is behind.",
        '`landfall subscriptions truths <subscription-id>` compares both records now.',
        'Wait some minutes. `landfall subscriptions reread <subscription-id>` reads at once.',
      ],
      [
        'Microsoft has not made the change.',
        'After an hour, the record still shows the old state.',
        "Ask Microsoft's support with the operation id from `landfall subscriptions operations <subscription-id>`.",
      ],
    ],
  },
  DecisionsMissed: {
    effect:
      'Microsoft treated the change as accepted. If a rule refused it, Landfall reverses it (`compensateLateRefusals`), and the customer sees both.',
    causes: [
      [
        'The product took too long to answer.',
        '`landfall policies report` shows the time of each rule; rules that ask the product are the slow ones.',
        'Make the product answer within five seconds, or use a rule that decides without asking it.',
      ],
      [
        'PostgreSQL or the worker was slow.',
        'PoolExhausted, ProcessBusy or TasksOverdue was active at that time.',
        'See that page.',
      ],
      [
        "Microsoft's call took a long time to arrive.",
        '`landfall operations list --is-late` shows the times of each step.',
        'Look at the proxies in front of the gateway.',
      ],
    ],
  },
  ProxyNotTrusted: {
    effect: 'All visitors share one rate limit. A busy one makes the others wait (429).',
    causes: [
      [
        'A proxy was added in front of the gateway.',
        '`landfall doctor`, check `proxy.headers`, counts the proxies.',
        'Set `TRUSTED_PROXIES` to that number, and restart the gateway.',
      ],
    ],
  },
  BuyersTurnedAway: {
    effect:
      'Buyers cannot complete a purchase, and subscribers cannot manage it. Purchases stay open for 30 days.',
    causes: [
      [
        '`landing` does not run, or the gateway cannot reach it.',
        '`landfall alerts list`; `landfall doctor`, check `landing.reachable`.',
        'Start it, or correct `LANDING_URL` of the gateway.',
      ],
      [
        "Microsoft's API refuses, so that no purchase can be resolved.",
        'CredentialRefused or MarketplaceFailing is active.',
        'See that page.',
      ],
      [
        '`fulfillment-worker` or PostgreSQL does not answer.',
        'ServiceSilent, ReadingsFailed or DatabaseReadOnly is active.',
        'See that page.',
      ],
    ],
  },
  ConfirmationsWaiting: {
    effect: 'Buyers see a page that waits. Billing has not started. The confirmations are stored.',
    causes: [
      [
        'No `fulfillment-worker` runs.',
        '`landfall alerts list` shows that it does not answer.',
        'Start it. landing sends the confirmations again within seconds.',
      ],
      [
        'landing may not call it.',
        '`landfall doctor`, check `nats.permissions` of `landing`.',
        'Load the users file of this version, and reload nats-server.',
      ],
      [
        'The worker refuses one confirmation.',
        'The log of `landing` has `could not send a confirmation to the worker` with the code of the fault.',
        'Look at the subscription: `landfall subscriptions get <subscription-id>`.',
      ],
    ],
  },
  AccessRequestsWaiting: {
    effect: 'A colleague of a customer cannot manage the subscription, and may call you.',
    causes: [
      [
        'The owner has left, or does not read the mails.',
        '`landfall people waiting` shows who asks, and for which subscription.',
        'Ask the customer, then `landfall people name-owner <subscription-id> --object-id <id> --requested-by "<you>"`, or decline with `landfall people remove`.',
      ],
    ],
  },
};
