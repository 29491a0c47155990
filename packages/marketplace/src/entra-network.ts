import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { secureBaseUrl } from './origin.ts';

/** msal puts no limit on its token requests; a hanging one would hold every caller. */
export const AUTHORITY_TIMEOUT_MS = 10_000;

/** What msal needs to talk to an authority; `networkClient` goes into `system.networkClient`. */
export interface MsalAuthority {
  readonly authority: string;
  readonly knownAuthorities: string[];
  readonly networkClient: INetworkModule;
}

/**
 * Settings with which msal talks to `authorityUrl` for a tenant (an id, `common` or `organizations`).
 * msal insists on https, so a plain-http authority on this machine is presented to it as https and its
 * requests are carried over http; any other http authority throws the fault
 * `config.authority-not-https`. Requests end after `AUTHORITY_TIMEOUT_MS`.
 */
export function msalAuthority(
  authorityUrl: string,
  tenant: string,
  send: typeof fetch = fetch,
): MsalAuthority {
  const real = authorityBaseUrl(authorityUrl);
  const shown = httpsForm(real);
  return {
    authority: `${shown}/${tenant}`,
    knownAuthorities: [new URL(shown).host],
    networkClient: carrier({ real, shown, send }),
  };
}

/** The authority's URL without a trailing slash, refused unless it is https or on this machine. */
export function authorityBaseUrl(authorityUrl: string): string {
  return secureBaseUrl(authorityUrl, 'config.authority-not-https');
}

/**
 * An URL that msal made for the browser, in the form in which the authority can be reached: back to
 * http for a local authority, unchanged for every other.
 */
export function browserUrl(url: string, authorityUrl: string): string {
  const real = authorityBaseUrl(authorityUrl);
  return replaceBase(url, { from: httpsForm(real), to: real });
}

function carrier(options: {
  readonly real: string;
  readonly shown: string;
  readonly send: typeof fetch;
}): INetworkModule {
  const { real, shown, send } = options;
  const request = async <T>(
    url: string,
    init: { readonly method: string; readonly timeoutMs: number } & NetworkRequestOptions,
  ): Promise<NetworkResponse<T>> => {
    const response = await send(replaceBase(url, { from: shown, to: real }), {
      method: init.method,
      headers: init.headers ?? {},
      body: init.body ?? null,
      redirect: 'error',
      signal: AbortSignal.timeout(init.timeoutMs),
    });
    const body = (await response.json()) as T;
    return {
      headers: Object.fromEntries(response.headers),
      body: isDiscovery(url) ? present(body, { from: real, to: shown }) : body,
      status: response.status,
    };
  };
  return {
    sendGetRequestAsync: (url, options, timeoutMs = AUTHORITY_TIMEOUT_MS) =>
      request(url, { ...options, method: 'GET', timeoutMs }),
    sendPostRequestAsync: (url, options) =>
      request(url, { ...options, method: 'POST', timeoutMs: AUTHORITY_TIMEOUT_MS }),
  };
}

function isDiscovery(url: string): boolean {
  return new URL(url).pathname.endsWith('/.well-known/openid-configuration');
}

/** The endpoints of a discovery document in the form that msal accepts. */
function present<T>(document: T, bases: Bases): T {
  if (bases.from === bases.to || typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(
    Object.entries(document).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'string' ? replaceBase(value, bases) : value,
    ]),
  ) as T;
}

interface Bases {
  readonly from: string;
  readonly to: string;
}

function replaceBase(url: string, { from, to }: Bases): string {
  return url === from || url.startsWith(`${from}/`) ? to + url.slice(from.length) : url;
}

function httpsForm(url: string): string {
  return url.replace(/^http:/, 'https:');
}
