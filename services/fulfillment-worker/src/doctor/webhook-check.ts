import { isFault } from '@landfall/domain/fault';
import { entraAdvice, entraErrorOf } from '@landfall/marketplace/entra-errors';
import { challengeOf } from '@landfall/marketplace/webhook-verifier';
import type { AccessChecks } from '@landfall/publishers/access-checks';
import type { Finding } from '@landfall/service-kit/checks';
import { failureFinding, probe, type Probe } from '@landfall/service-kit/checks/probe';

type Answer = Extract<Probe, { kind: 'answer' }>;

/**
 * Calls the connection webhook through the public address as Microsoft does, with a token that differs from Microsoft's
 * only in its caller. The ingest refuses it, so nothing happens, and its refusal says that the token arrived.
 */
export async function checkWebhook(options: {
  readonly access: AccessChecks;
  readonly publicUrl: string;
  readonly signal: AbortSignal;
}): Promise<Finding> {
  const { access, signal } = options;
  const url = `${options.publicUrl.replace(/\/+$/, '')}/webhook`;
  const token = await access.ownToken().catch((error: unknown) => {
    if (isFault(error)) return error;
    throw error;
  });
  const answer = await probe(url, {
    signal,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : {}),
    },
    body: '{}',
  });
  if (answer.kind === 'failure') return failureFinding(url, answer);
  const finding = judge(answer, { url, hasToken: typeof token === 'string' });
  if (typeof token === 'string' || finding.severity !== 'unknown') return finding;
  const entra = entraErrorOf(token) ?? entraErrorOf(token.cause);
  return {
    ...finding,
    cause: entra
      ? `There is no token to try it with: ${entra.sentence}`
      : 'There is no token to try it with.',
    nextStep: entra ? entraAdvice(entra.code).nextStep : 'Repair what credential.token reports.',
  };
}

function judge(answer: Answer, of: { readonly url: string; readonly hasToken: boolean }): Finding {
  const { status, headers } = answer;
  const challenge = headers.get('www-authenticate');
  const details = {
    url: of.url,
    status: String(status),
    ...(challenge === null ? {} : { challenge: challenge.slice(0, 200) }),
  };
  if (status === 401) return { ...judgeRefusal(challenge, of.hasToken), details };
  const known = STATUSES.find(({ from, to }) => status >= from && status <= to);
  const location = originOf(headers.get('location'), of.url);
  return {
    severity: 'error',
    finding: `The webhook's address answered ${status} instead of 401.`,
    ...(known ? { cause: known.cause, nextStep: known.nextStep } : UNEXPECTED),
    details: { ...details, ...(location === undefined ? {} : { location }) },
  };
}

function judgeRefusal(challenge: string | null, hasToken: boolean): Finding {
  if (challenge === challengeOf('own-application')) {
    return {
      severity: 'ok',
      finding: "A call with a token like Microsoft's arrived at the webhook.",
    };
  }
  if (challenge === challengeOf('missing')) {
    return hasToken
      ? {
          severity: 'error',
          finding: 'The call arrived at the webhook without its Authorization header.',
          cause:
            'A proxy in front removes the header. Every call of Microsoft is refused, and with it every change of a customer.',
          nextStep:
            'Let the proxy pass the Authorization header on to the gateway unchanged. Some authentication modules of proxies remove it.',
        }
      : {
          severity: 'unknown',
          finding: 'The webhook is reachable, but whether a token arrives is not known.',
        };
  }
  if (challenge?.startsWith('Bearer error="invalid_token"')) {
    return {
      severity: 'error',
      finding: "A token like Microsoft's arrived at the webhook, but is not accepted as genuine.",
      cause:
        'webhook-ingest has another tenant, application or authority than the worker, its clock is wrong, or a proxy changes the token.',
      nextStep:
        'Compare PUBLISHER_TENANT_ID, FULFILLMENT_CLIENT_ID (or PUBLISHERS_FILE) and ENTRA_AUTHORITY_URL of both services, and look at the checks of the clocks.',
    };
  }
  return {
    severity: 'error',
    finding: 'Something in front of the gateway asks for a login of its own.',
    cause: 'A proxy or firewall protects the address, so Microsoft cannot call it.',
    nextStep: 'Exempt /webhook from the authentication of the proxy.',
  };
}

const UNEXPECTED = {
  cause: 'Something in front of the gateway answers in its place.',
  nextStep: 'Forward POST /webhook to the gateway unchanged.',
} as const;

const STATUSES: readonly {
  readonly from: number;
  readonly to: number;
  readonly cause: string;
  readonly nextStep: string;
}[] = [
  {
    from: 200,
    to: 299,
    cause: 'Another program answers at this address.',
    nextStep: 'Forward POST /webhook to the gateway, or correct PUBLIC_URL.',
  },
  {
    from: 300,
    to: 399,
    cause: 'The address redirects. Microsoft calls exactly the address in Partner Center.',
    nextStep: 'Set PUBLIC_URL to the address that answers without a redirect.',
  },
  {
    from: 403,
    to: 403,
    cause: 'A firewall or an address list in front of the gateway refuses the call.',
    nextStep: "Allow POST /webhook from everywhere. Microsoft's addresses are not fixed.",
  },
  {
    from: 404,
    to: 404,
    cause: 'The proxy rewrites the path, or sends it to another program.',
    nextStep: 'Forward the path /webhook to the gateway unchanged.',
  },
  {
    from: 405,
    to: 405,
    cause: 'The proxy does not pass POST on.',
    nextStep: 'Allow POST for /webhook in the proxy.',
  },
  {
    from: 500,
    to: 599,
    cause: 'The gateway or webhook-ingest cannot be reached, or cannot fetch the signing keys.',
    nextStep:
      "Look at service.answers and clock.entra of webhook-ingest, and at the gateway's log.",
  },
];

/** Only scheme and host, because a query could contain a secret of the proxy. */
function originOf(location: string | null, base: string): string | undefined {
  return location === null ? undefined : URL.parse(location, base)?.origin;
}
