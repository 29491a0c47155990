import { createMarketplace, type Marketplace } from '@landfall/marketplace/client';
import { MARKETPLACE_APPLICATION_ID } from '@landfall/marketplace/constants';
import { entraAdvice, entraErrorOf } from '@landfall/marketplace/entra-errors';
import type { Call, CallRecord } from '@landfall/marketplace/http';
import { isMarketplaceError, type MarketplaceError } from '@landfall/marketplace/marketplace-error';
import { createTokenSource, isForWantOfToken } from '@landfall/marketplace/token-source';
import { tokenClaims } from '@landfall/marketplace/token-claims';
import { isFault, type Fault } from '@landfall/domain/fault';
import type { Publisher } from './publishers.ts';

/** People wait for the doctor. Microsoft answers within a second or two. */
const CALL_TIMEOUT_MS = 6_000;
/** The doctor makes few calls at a time. */
const CONCURRENT_CALLS = 4;

export interface AccessFinding {
  readonly severity: 'ok' | 'error' | 'unknown';
  readonly finding: string;
  readonly cause?: string | undefined;
  readonly nextStep?: string | undefined;
  readonly details?: Record<string, string> | undefined;
}

/** A call of Microsoft that only reads. */
export type CheapRead = (marketplace: Marketplace, call: Call) => Promise<unknown>;

/** Checks of one publisher's access to Microsoft. */
export interface AccessChecks {
  readonly publisher: Publisher;
  /** Requests a new token, so that a wrong secret is found while an older token still works. */
  readonly checkToken: () => Promise<AccessFinding>;
  readonly checkCall: (read: CheapRead, signal: AbortSignal) => Promise<AccessFinding>;
  /** A token like those of Microsoft's webhook calls: for the publisher's own application. Throws faults. */
  readonly ownToken: () => Promise<string>;
}

/**
 * Opens the checks of a publisher. They have their own tokens and calls, which neither wait for the work of the lanes nor
 * count in its metrics. After a refusal, Entra is asked again after a pause, or once the credential has changed.
 */
export function openAccessChecks(
  publisher: Publisher,
  options: { readonly authorityUrl: string; readonly baseUrl: string },
): AccessChecks {
  const { tenantId, clientId } = publisher;
  const { authorityUrl, baseUrl } = options;
  const source = { authorityUrl, tenantId, clientId, credential: publisher.credential.current };
  const tokens = createTokenSource(source);
  const ownTokens = createTokenSource({ ...source, resource: clientId });
  let last: CallRecord | undefined;
  const marketplace = createMarketplace({
    baseUrl,
    tokens,
    concurrentCalls: CONCURRENT_CALLS,
    onCall: (record) => {
      last = record;
    },
  });
  let held: string | undefined;

  return {
    publisher,
    checkToken: async () => {
      if (held !== undefined) tokens.invalidate(held);
      try {
        held = await tokens.get();
      } catch (error: unknown) {
        if (!isFault(error)) throw error;
        return refusedToken(error);
      }
      return judgeClaims(tokenClaims(held), { tenantId, clientId });
    },
    checkCall: async (read, signal) => {
      try {
        await read(marketplace, { signal, timeoutMs: CALL_TIMEOUT_MS, priority: 'background' });
      } catch (error: unknown) {
        if (isMarketplaceError(error)) return refusedCall(error);
        if (!isForWantOfToken(error)) throw error;
        return {
          severity: 'unknown',
          finding: 'Microsoft was not asked, because there is no token.',
          nextStep: 'Repair what credential.token reports.',
        };
      }
      return {
        severity: 'ok',
        finding: "Microsoft's API answered.",
        details: last && { operation: last.operation, requestId: last.requestId },
      };
    },
    ownToken: () => ownTokens.get(),
  };
}

function judgeClaims(
  claims: Readonly<Record<string, string>>,
  own: { readonly tenantId: string; readonly clientId: string },
): AccessFinding {
  const details = { ...claims };
  const expected = {
    tenant: own.tenantId,
    appid: own.clientId,
    audience: MARKETPLACE_APPLICATION_ID,
  };
  const wrong = Object.entries(expected).filter(
    ([name, value]) => !claims[name]?.toLowerCase().includes(value.toLowerCase()),
  );
  if (wrong.length === 0) {
    return { severity: 'ok', finding: 'Microsoft Entra ID issued a token.', details };
  }
  return {
    severity: 'error',
    finding: `The token has another ${wrong.map(([name]) => name).join(' and ')} than expected.`,
    cause: 'ENTRA_AUTHORITY_URL is not Microsoft Entra ID, or a proxy answers in its place.',
    nextStep: 'Set ENTRA_AUTHORITY_URL to https://login.microsoftonline.com.',
    details,
  };
}

function refusedToken(fault: Fault): AccessFinding {
  if (fault.code === 'credentials.unreadable') {
    return {
      severity: 'error',
      finding: `${fault.message}.`,
      nextStep: 'Correct the path, or the rights of the file. It is read again without a restart.',
    };
  }
  // While the token source pauses, its fault has the first one as its cause.
  const entra = entraErrorOf(fault) ?? entraErrorOf(fault.cause);
  if (!entra) {
    return {
      severity: 'error',
      finding: 'Microsoft Entra ID did not issue a token.',
      cause: `${fault.message}. It cannot be reached, or has an outage.`,
      nextStep:
        'Check that this service may connect to the host of ENTRA_AUTHORITY_URL, and that the name resolves.',
    };
  }
  const { code, sentence, traceId } = entra;
  return {
    severity: 'error',
    finding: `Microsoft Entra ID refused the credential: ${sentence}`,
    ...entraAdvice(code),
    details: { code, ...(traceId === undefined ? {} : { traceId }) },
  };
}

const CALL_ADVICE: Readonly<Partial<Record<string, Pick<AccessFinding, 'cause' | 'nextStep'>>>> = {
  'marketplace.not-authorized': {
    cause:
      "Microsoft accepts only the tenant and application of an offer's Technical configuration, and a change there works after the offer is published.",
    nextStep:
      "In Partner Center, compare Microsoft Entra tenant ID and application ID of the offer's Technical configuration with this publisher's, and publish the offer.",
  },
  'marketplace.wrong-address': {
    cause: 'The address is not that of the API.',
    nextStep: 'Set MARKETPLACE_BASE_URL to https://marketplaceapi.microsoft.com/api.',
  },
  'marketplace.unreachable': {
    cause: 'The network or a firewall is in the way.',
    nextStep: 'Check that this service may connect to the host of MARKETPLACE_BASE_URL.',
  },
  'marketplace.timeout': {
    cause: 'The network is slow, or Microsoft has an outage.',
    nextStep: 'Run the doctor again in a minute. If it stays, look at https://status.azure.com.',
  },
  'marketplace.unavailable': {
    cause: 'Microsoft has an outage.',
    nextStep: 'Wait. Landfall repeats its calls. If it stays, open a request with the ids below.',
  },
  'marketplace.throttled': {
    cause: 'Too many calls with this application.',
    nextStep: 'Wait, and check whether another program uses the same application.',
  },
};

function refusedCall(error: MarketplaceError): AccessFinding {
  const { code, status, explanation, microsoftCode, requestId, correlationId } = error;
  const answer = status === undefined ? 'Microsoft did not answer' : `Microsoft answered ${status}`;
  const details = { code, microsoftCode, requestId, correlationId };
  return {
    severity: 'error',
    finding: explanation === undefined ? `${answer}.` : `${answer}: ${explanation}`,
    ...(CALL_ADVICE[code] ?? {
      nextStep: "Open a request with Microsoft's support, with the ids below.",
    }),
    details: Object.fromEntries(
      Object.entries(details).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    ),
  };
}
