import type { alertRules } from '../alerts.ts';
import type { Incident } from './incident.ts';

type Name = Extract<
  keyof typeof alertRules,
  | 'MarketplaceFailing'
  | 'CredentialExpiring'
  | 'CredentialEnding'
  | 'CredentialRefused'
  | 'ReconcileOverdue'
  | 'ReconcileFailing'
  | 'DriftFound'
  | 'DeliveriesDead'
  | 'DestinationFailing'
  | 'DestinationDisabled'
>;

/** Incidents between Landfall and the two sides that it connects: Microsoft and the product. */
export const sideIncidents: Readonly<Record<Name, Incident>> = {
  MarketplaceFailing: {
    effect:
      'Buyers see a page that asks them to come back, and changes wait. Notifications are stored, and all work continues by itself when Microsoft answers.',
    causes: [
      [
        'Microsoft has an outage.',
        'The status page of Azure or Partner Center; `landfall_marketplace_call_duration_seconds_count` by `status` shows 5xx or 429.',
        'Wait. For 429, lower `LANE_CONCURRENCY`.',
      ],
      [
        'The machines cannot reach the internet.',
        'The status is a code such as `marketplace.unreachable`. `curl -i https://marketplaceapi.microsoft.com/api/saas/subscriptions?api-version=2018-08-31` from the machine does not answer 401 or 403.',
        'Fix DNS, proxy or firewall for `marketplaceapi.microsoft.com` and `login.microsoftonline.com`, port 443.',
      ],
    ],
  },
  CredentialExpiring: {
    effect: 'None yet. When it expires, every call to Microsoft fails.',
    causes: [
      [
        'A client secret or certificate is about to expire.',
        '`landfall credentials status` names the publisher and the day.',
        'Create a new one in Microsoft Entra ID (*Certificates & secrets*), and replace it in the settings or the file. A file is read again without a restart. Remove the old one afterwards.',
      ],
      [
        'It was replaced, but the setting with its expiry date was not.',
        '`landfall doctor`, check `credential.token`, is `ok`.',
        'Correct `FULFILLMENT_CREDENTIAL_EXPIRES`, and restart.',
      ],
    ],
  },
  CredentialEnding: {
    effect: 'When it expires, buyers cannot continue and changes wait. Notifications are stored.',
    causes: [
      [
        'Nobody has replaced the credential.',
        '`landfall credentials status` names the publisher and the day.',
        'Replace it today, as described under CredentialExpiring. A federated credential never needs replacing.',
      ],
    ],
  },
  CredentialRefused: {
    effect:
      'For this publisher, buyers cannot continue, and changes and usage wait. Notifications are stored.',
    causes: [
      [
        'The credential has expired, or is wrong.',
        "`landfall doctor`, check `credential.token`, has Microsoft's code and sentence.",
        'Replace it. The table of codes in the guide to the doctor has the fix for each code.',
      ],
      [
        'The application is not the one of the offer.',
        'The token is good, but `fulfillment.api` answers 401 or 403.',
        "Compare the tenant and the application in the offer's *Technical configuration* with the settings. Correct the one that is wrong, and publish the offer.",
      ],
      [
        "Microsoft's sign-in service does not answer.",
        'The code is a network error or a timeout.',
        'Wait, or fix the connection to `login.microsoftonline.com`.',
      ],
    ],
  },
  ReconcileOverdue: {
    effect: 'A notification that never arrived stays unnoticed.',
    causes: [
      [
        'Runs fail.',
        '`landfall reconciliation list` has the failure of each run.',
        'Fix what it says. The next run starts by itself; `landfall reconciliation start` starts one now.',
      ],
      [
        'No worker was running when a run was due.',
        'The list has no runs.',
        'Start `fulfillment-worker`.',
      ],
      [
        "Microsoft's list is long, and a run takes longer than its interval.",
        'The newest run is `running`, and its numbers grow.',
        'Raise `RECONCILE_INTERVAL`.',
      ],
    ],
  },
  ReconcileFailing: {
    effect: 'The effect of ReconcileOverdue, if it goes on.',
    causes: [
      [
        "Microsoft's API refuses the list, or fails.",
        '`landfall reconciliation list` and `landfall doctor`, check `fulfillment.api`.',
        'Do what the check says, then `landfall reconciliation start`.',
      ],
    ],
  },
  DriftFound: {
    effect:
      'Some customers had another plan, quantity or state in the record than at Microsoft. Landfall has corrected this and sent the product an event.',
    causes: [
      [
        'Notifications did not arrive.',
        '`landfall reconciliation findings` shows what was missing; `landfall doctor`, check `webhook.reachable`.',
        'Fix whatever stops calls to the webhook: DNS, firewall or proxy.',
      ],
      [
        'The work on notifications failed.',
        '`landfall parked-tasks list` and `landfall dead-letters list` are not empty.',
        'See TasksParked and DeadLetters.',
      ],
      [
        'The installation was down for more than eight hours, or was restored from a backup.',
        'You know that this happened.',
        'Nothing to do: this run has closed the gap.',
      ],
    ],
  },
  DeliveriesDead: {
    effect: 'Your product, or the people who get a notice, did not receive these events.',
    causes: [
      [
        'The receiver has refused them, or was down for three days.',
        '`landfall deliveries list --state dead`, then `landfall deliveries get <delivery-id>` for the answer of the receiver.',
        'Fix the receiver, run `landfall deliveries replay <destination-id> --since <time> --dry-run`, then run it without `--dry-run`.',
      ],
      [
        'A message by mail, Teams or Slack was refused.',
        'The answer has the code of the mail server or of the app.',
        'Correct the destination or `SMTP_URL`, then replay.',
      ],
    ],
  },
  DestinationFailing: {
    effect: 'The product learns of changes late. Events are kept and sent again for three days.',
    causes: [
      [
        'The product does not answer, or answers with an error.',
        '`landfall deliveries list --state waiting`, then `landfall deliveries get <delivery-id>`.',
        'Fix the product. The next attempt happens by itself; `landfall deliveries resend <delivery-id>` sends at once.',
      ],
      [
        'The product refuses the signature after the secret was changed.',
        'The product answers 401 or 403.',
        'Make it accept the new secret. `landfall destinations rotate-secret` can keep the old one for some hours.',
      ],
      [
        'The address cannot be reached.',
        'The answer is a network code. Addresses must be public.',
        'Correct it with `landfall destinations update`.',
      ],
    ],
  },
  DestinationDisabled: {
    effect: 'The product, or the people who get a notice, receive nothing more. Events wait.',
    causes: [
      [
        'It failed for days, or answered that it is gone (410).',
        '`landfall destinations list` has the reason.',
        'Fix the receiver, then run `landfall destinations enable <destination-id>`. Waiting events are then sent.',
      ],
      [
        'A Teams Workflow or a Slack app was removed.',
        'The channel of the destination is Teams or Slack.',
        'Make a new one, set its URL with `landfall destinations update`, and enable it.',
      ],
    ],
  },
};
