import type { billingAlerts } from '../billing-alerts.ts';
import type { Incident } from './incident.ts';

/** Incidents of usage and its billing. Microsoft accepts usage for 24 hours. */
export const billingIncidents: Readonly<Record<keyof typeof billingAlerts, Incident>> = {
  UsageUnsent: {
    effect: 'Customers notice nothing. After 24 hours, the usage can never be billed.',
    causes: [
      [
        "Microsoft's metering API refuses calls, or does not answer.",
        '`landfall doctor`, check `metering.api`; the log of `billing-sync` has `loop: submit`.',
        'Do what the check says. Waiting usage is then sent by itself.',
      ],
      [
        'The subscription is suspended, so Microsoft takes no usage for it.',
        '`landfall usage hours --state closed` names the reason of each hour.',
        'Nothing to do: it is sent if the subscription is reinstated in time.',
      ],
      [
        '`billing-sync` does not run.',
        '`landfall alerts list` shows that it does not answer.',
        'Start it.',
      ],
    ],
  },
  UsageTimeRunsOut: {
    effect: 'Within hours, this usage can never be billed.',
    causes: [
      [
        'UsageUnsent was not dealt with.',
        '`landfall usage hours --state closed` has the oldest hour and its reason.',
        'See UsageUnsent, now. If the cause cannot be fixed in time, keep `landfall usage records <subscription-id> --from <time> --to <time>` to settle with the customer.',
      ],
    ],
  },
  UsageNotBilled: {
    effect: 'This usage is not on the bill of the customer.',
    causes: [
      [
        'Microsoft refused the hour because of an unknown dimension, another plan or an ended subscription.',
        '`landfall usage hours --state refused` has the problem.',
        'Fix it (publish the dimension, correct the reporter), then run `landfall usage resend <subscription-id> --dimension <dimension> --hour <hour> --reason "<reason>"` within 24 hours.',
      ],
      [
        'The hour became too old.',
        '`landfall usage hours --state writtenOff`.',
        'It cannot be sent any more. Settle it with the customer, for example by a custom price.',
      ],
    ],
  },
  UsageHeld: {
    effect: 'This usage is not billed yet. After 24 hours it never can be.',
    causes: [
      [
        'Microsoft has not said what the plan includes. Usually it is a new private plan.',
        '`landfall catalogue list` shows the plan without its quantity.',
        '`landfall catalogue refresh --offer-id <offer> --plan-id <plan>`. If that does not help, `landfall overrides put` with the quantity of Partner Center.',
      ],
      [
        'The term of the subscription is not known.',
        '`landfall subscriptions get <subscription-id>` shows no term.',
        '`landfall subscriptions reread <subscription-id>`.',
      ],
    ],
  },
  UsageHeldRunsOut: {
    effect: 'Within hours, this usage can never be billed.',
    causes: [
      [
        'UsageHeld was not dealt with.',
        '`landfall catalogue list` shows the plan without its quantity.',
        '`landfall overrides put` with the quantity of Partner Center, now.',
      ],
    ],
  },
  CatalogueUnread: {
    effect: 'A changed price or included quantity is not known, so bills may be wrong from now on.',
    causes: [
      [
        'Microsoft does not list the plan any more, for example because it was stopped.',
        '`landfall catalogue list` has the problem.',
        'Set what it includes with `landfall overrides put`, as long as it has subscriptions.',
      ],
      [
        "Microsoft's API refuses calls, or fails.",
        '`landfall doctor`, checks `fulfillment.api` and `offers.plans`.',
        'Do what the check says. Plans are read again by themselves.',
      ],
    ],
  },
  UsageMismatch: {
    effect: 'A customer may be billed too little or too much.',
    causes: [
      [
        'Microsoft counted a different quantity from the one that it accepted.',
        '`landfall incidents list` has both quantities of each difference, and its next step.',
        'Ask Microsoft\'s support with the usage event ids, then `landfall incidents settle --incident-id <incident-id> --reason "<reason>"`.',
      ],
      [
        'Another program has reported usage of the same hour.',
        'The difference is of kind `over-billed`, or Microsoft shows an event that Landfall has not sent.',
        'Stop that program: only one may report. Settle what was billed twice with the customer.',
      ],
    ],
  },
  UsageReadBackFailing: {
    effect:
      'Differences between what was sent and what Microsoft bills stay unnoticed. Usage is still sent.',
    causes: [
      [
        "Microsoft's usage API refuses calls, or fails.",
        'The log of `billing-sync` has `loop: read-back`; `landfall doctor`, check `metering.api`.',
        'Do what the check says. The report is read again by itself.',
      ],
    ],
  },
  UsageUnusual: {
    effect: 'The customer may get a surprising bill.',
    causes: [
      [
        'The reporter has an error, for example a loop or a wrong unit.',
        '`landfall incidents list --kind unusual`, then `landfall usage records <subscription-id> --from <time> --to <time>`.',
        'Fix the reporter. Sent usage cannot be taken back, so settle it with the customer.',
      ],
      [
        'The customer really used this much.',
        'The records agree with the product.',
        'Tell the customer, then `landfall incidents settle --incident-id <incident-id> --reason "<reason>"`.',
      ],
    ],
  },
  UsageThresholdCrossed: {
    effect: 'None. You have asked to be notified.',
    causes: [
      [
        'The usage above the included quantity is larger than your limit.',
        '`landfall incidents list --kind threshold`.',
        'Tell the customer, then `landfall incidents settle --incident-id <incident-id> --reason "<reason>"`. To change the limit, `landfall thresholds put`.',
      ],
    ],
  },
  RecurringRunsFailed: {
    effect: 'A fixed quantity was not billed in this period.',
    causes: [
      [
        'Microsoft refused it.',
        '`landfall recurring runs --id <id>` has the reason.',
        'Correct it with `landfall recurring put`. Later runs use it; settle the missed one with the customer.',
      ],
      [
        '`billing-sync` did not run in time.',
        'The outcome is `missed`.',
        'Settle it with the customer. Run two instances, so that this does not happen again.',
      ],
    ],
  },
  UsageMonthMissing: {
    effect:
      'None until the next month begins. Then reports of usage fail with 503, and the reporters repeat them.',
    causes: [
      [
        'The role may not create tables.',
        'The log of `billing-sync` has `loop: months` with the error; `landfall doctor`, check `postgres.role`.',
        'Make the role of billing-sync the owner of the schema `billing`.',
      ],
      [
        'A long transaction locks the table.',
        '`select pid, application_name, now() - xact_start as age from pg_stat_activity where xact_start is not null order by xact_start`',
        'End it with `select pg_terminate_backend(<pid>)`. The partitions are made within ten minutes.',
      ],
    ],
  },
};
