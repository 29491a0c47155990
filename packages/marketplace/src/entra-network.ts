import type {
  AuthError,
  INetworkModule,
  NetworkRequestOptions,
  NetworkResponse,
} from '@azure/msal-node';
import { secureBaseUrl } from './origin.ts';

/** msal does not limit its token requests, and a hanging one would block every caller. */
export const AUTHORITY_TIMEOUT_MS = 10_000;

/** msal's settings for an authority. `networkClient` belongs into msal's `system.networkClient`. */
export interface MsalAuthority {
  readonly authority: string;
  readonly knownAuthorities: string[];
  readonly networkClient: INetworkModule;
}

/**
 * msal's settings for `authorityUrl` and a tenant (an id, `common` or `organizations`). msal accepts only
 * https, so an http authority on this machine is shown to msal as https while its requests use http. Any
 * other http authority throws the fault `config.authority-not-https`. Requests end after
 * `AUTHORITY_TIMEOUT_MS`.
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

/** The authority's URL without a trailing slash. Throws unless it is https or on this machine. */
export function authorityBaseUrl(authorityUrl: string): string {
  return secureBaseUrl(authorityUrl, 'config.authority-not-https');
}

/** Whether msal threw the error. Answers without loading msal, so that a service starts faster. */
export function isMsalError(error: unknown): error is AuthError {
  return error instanceof Error && 'errorCode' in error && 'errorMessage' in error;
}

/**
 * A URL from msal for the browser, as the authority can be reached: http for a local http authority,
 * unchanged for every other.
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
      body: isDiscovery(url) ? withShownUrls(body, { from: real, to: shown }) : body,
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

/** A discovery document with its endpoints shown as https, which msal requires. */
function withShownUrls<T>(document: T, bases: Bases): T {
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
