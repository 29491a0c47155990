import type { OwnCheckInput } from '@landfall/contracts/doctor-procedures';
import type { CheckToRun, Finding } from '@landfall/service-kit/checks';
import type { Db } from '../db/schema.ts';
import type { AttemptFailure } from '../deliveries/channels/channel.ts';
import type { Mailer } from '../deliveries/channels/mailer.ts';
import { failingNoticeDestinations } from '../store/destinations.ts';

/** Whether notices can reach people: the mail server, the links in notices and their destinations. Sends nothing. */
export function noticeChecks({
  db,
  mailer,
  publicUrl,
}: {
  readonly db: Db;
  readonly mailer: Mailer | undefined;
  readonly publicUrl: string | undefined;
}): (input: OwnCheckInput) => readonly CheckToRun[] {
  return ({ publisherId, publicUrl: gatewayUrl }) => [
    // The mail server and PUBLIC_URL belong to the installation, not to a publisher.
    ...(publisherId === undefined
      ? [
          { check: 'mail.server' as const, run: () => checkMailServer(mailer) },
          { check: 'notices.links' as const, run: async () => checkLinks(publicUrl, gatewayUrl) },
        ]
      : []),
    {
      check: 'notices.destinations',
      ...(publisherId !== undefined && { publisherId }),
      run: () => checkDestinations(db, publisherId),
    },
  ];
}

async function checkMailServer(mailer: Mailer | undefined): Promise<Finding> {
  if (!mailer) {
    return {
      severity: 'ok',
      finding: 'No mail server is set, so nothing is sent by mail.',
      nextStep: 'To send mail, set SMTP_URL and MAIL_FROM on fulfillment-worker and restart it.',
    };
  }
  const { failure, status } = await mailer.verify();
  if (failure === undefined) {
    return { severity: 'ok', finding: 'The mail server accepts the connection and the sign-in.' };
  }
  return {
    severity: 'error',
    finding: `The mail server cannot be used: ${failure}.`,
    nextStep: nextSteps[failure] ?? 'Compare host and port of SMTP_URL with your mail provider.',
    details: { failure, ...(status !== undefined && { status: String(status) }) },
  };
}

const nextSteps: Readonly<Partial<Record<AttemptFailure, string>>> = {
  'sign-in-refused': 'Correct user and password in SMTP_URL. Percent-encode special characters.',
  'name-unresolved': 'Correct the host name in SMTP_URL.',
  certificate:
    'Give the server a valid certificate for the host in SMTP_URL. NODE_EXTRA_CA_CERTS adds your own authority.',
  tls: 'The server offers no STARTTLS. Use its port with TLS: smtps://…:465.',
};

function checkLinks(ours: string | undefined, gatewayUrl: string): Finding {
  const theirs = new URL(gatewayUrl).origin;
  if (ours === theirs) {
    return { severity: 'ok', finding: 'Notices link to the address of the gateway.' };
  }
  const nextStep = `Set PUBLIC_URL=${theirs} on fulfillment-worker and restart it.`;
  if (ours === undefined) {
    return {
      severity: 'notice',
      finding: 'Notices have no links, neither to the console nor to the incident pages.',
      cause: 'fulfillment-worker has no PUBLIC_URL.',
      nextStep,
    };
  }
  return {
    severity: 'warning',
    finding: `Notices link to ${ours}, but PUBLIC_URL of the gateway is ${theirs}.`,
    nextStep,
    details: { 'fulfillment-worker': ours, gateway: theirs },
  };
}

async function checkDestinations(db: Db, publisherId: string | undefined): Promise<Finding> {
  const failing = await failingNoticeDestinations(db.kysely, publisherId);
  if (failing.length === 0) {
    return { severity: 'ok', finding: 'No destination of notices is failing.' };
  }
  const labels = failing.map(({ label, channel }) => `${label} (${channel})`).join(', ');
  return {
    severity: 'error',
    finding: `Notices do not arrive at ${labels}.`,
    cause: 'The last attempts failed, or the receiver is gone.',
    nextStep:
      'See the failure in deliveries.get. Correct the destination with destinations.update, and send a test with destinations.ping.',
  };
}
