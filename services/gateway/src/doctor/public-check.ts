import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { CheckToRun, Finding } from '@landfall/service-kit/checks';
import { failureFinding, probe, type Probe } from '@landfall/service-kit/checks/probe';

/** Marks the gateway's own call, so that it can recognise it when it comes back through the proxies. */
const MARK_HEADER = 'landfall-doctor';

/** What arrived of a call that the gateway made to its own public address. */
interface Arrival {
  readonly forwardedFor: number;
  readonly proto: string | undefined;
}

export interface PublicCheck {
  checks(): readonly CheckToRun[];
  /** To be called with every request, before anything changes its headers. */
  watch(req: Pick<IncomingMessage, 'headers'>): void;
}

/** Calls the landing page through the public address, and compares what was sent with what arrived. */
export function createPublicCheck(options: {
  readonly publicUrl: string;
  readonly trustedProxies: number;
}): PublicCheck {
  const { publicUrl, trustedProxies } = options;
  const url = `${publicUrl.replace(/\/+$/, '')}/landing`;
  const expected = new Map<string, Arrival | undefined>();

  const call = async (signal: AbortSignal) => {
    const mark = randomUUID();
    expected.set(mark, undefined);
    try {
      const answer = await probe(url, { signal, headers: { [MARK_HEADER]: mark } });
      return { answer, arrival: expected.get(mark) };
    } finally {
      expected.delete(mark);
    }
  };
  return {
    checks: () => {
      let called: ReturnType<typeof call> | undefined;
      const once = (signal: AbortSignal) => (called ??= call(signal));
      return [
        {
          check: 'landing.reachable',
          run: async (signal) => judgeLanding(url, await once(signal)),
        },
        {
          check: 'proxy.headers',
          run: async (signal) =>
            judgeHeaders(publicUrl, trustedProxies, (await once(signal)).arrival),
        },
      ];
    },
    watch: ({ headers }) => {
      const mark = headers[MARK_HEADER];
      if (typeof mark !== 'string' || !expected.has(mark)) return;
      expected.set(mark, {
        forwardedFor: [headers['x-forwarded-for'] ?? []]
          .flat()
          .join(',')
          .split(',')
          .filter((one) => one.trim() !== '').length,
        proto: [headers['x-forwarded-proto']].flat()[0],
      });
    },
  };
}

function judgeLanding(
  url: string,
  { answer, arrival }: { readonly answer: Probe; readonly arrival: Arrival | undefined },
): Finding {
  if (answer.kind === 'failure') return failureFinding(url, answer);
  const { status } = answer;
  const details = { url, status: String(status) };
  if (arrival && status < 400) {
    return {
      severity: 'ok',
      finding: 'The landing page is reachable through PUBLIC_URL.',
      details,
    };
  }
  if (arrival) {
    return {
      severity: 'error',
      finding: `The landing page answers ${status}.`,
      cause: 'The gateway cannot reach the landing service, or the service has a fault.',
      nextStep: 'Look at service.answers of landing, and at LANDING_URL of the gateway.',
      details,
    };
  }
  if (status >= 300 && status < 400) {
    return {
      severity: 'error',
      finding: 'The address of the landing page redirects before it reaches the gateway.',
      cause: 'PUBLIC_URL is not the final address. A redirect may lose the purchase token.',
      nextStep: 'Set PUBLIC_URL to the address that answers without a redirect.',
      details,
    };
  }
  if (status >= 400) {
    return {
      severity: 'error',
      finding: `PUBLIC_URL answers ${status} for the landing page, and the call did not arrive at the gateway.`,
      cause: 'The proxy rewrites the path, refuses the call, or has no connection to the gateway.',
      nextStep: 'Forward everything to the gateway, with its path unchanged (docs/going-live.md).',
      details,
    };
  }
  return {
    severity: 'unknown',
    finding: 'PUBLIC_URL answers, but the call did not arrive at this gateway.',
    cause: 'Another instance of the gateway answered, or another program.',
    nextStep: `Open ${url} in a browser. It must show the landing page.`,
    details,
  };
}

function judgeHeaders(publicUrl: string, trusted: number, arrival: Arrival | undefined): Finding {
  if (!arrival) {
    return {
      severity: 'unknown',
      finding:
        'The headers of the proxies are not known, because the call did not arrive at this gateway.',
      nextStep:
        'See landing.reachable. With several instances of the gateway, run the doctor again.',
    };
  }
  const { forwardedFor, proto } = arrival;
  const details = {
    trustedProxies: String(trusted),
    forwardedFor: String(forwardedFor),
    ...(proto === undefined ? {} : { forwardedProto: proto.slice(0, 20) }),
  };
  if (forwardedFor === trusted) {
    const isBare = trusted === 0 && publicUrl.startsWith('https:');
    if (!isBare)
      return { severity: 'ok', finding: 'TRUSTED_PROXIES agrees with the proxies.', details };
    return {
      severity: 'warning',
      finding: 'The TLS proxy in front of the gateway sends no X-Forwarded-For.',
      cause: 'All callers count as one address, and share its rate limits.',
      nextStep:
        'Let the proxy send X-Forwarded-For, and set TRUSTED_PROXIES to the number of proxies.',
      details,
    };
  }
  return forwardedFor > trusted
    ? {
        severity: trusted === 0 ? 'error' : 'warning',
        finding: `The call came through ${forwardedFor} proxies, but TRUSTED_PROXIES is ${trusted}.`,
        cause:
          'All callers behind the last proxies count as one address, and share its rate limits.',
        nextStep: `Set TRUSTED_PROXIES to ${forwardedFor}, and restart the gateway.`,
        details,
      }
    : {
        severity: 'error',
        finding: `The call came through ${forwardedFor} proxies, but TRUSTED_PROXIES is ${trusted}.`,
        cause:
          'A caller can write an invented address into X-Forwarded-For, and so evade the rate limits.',
        nextStep: `Let every proxy add to X-Forwarded-For, or set TRUSTED_PROXIES to ${forwardedFor}.`,
        details,
      };
}
