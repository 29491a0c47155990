import type { OwnCheckInput, OwnSetupValue } from '@landfall/contracts/doctor-procedures';
import { entraAdvice, readEntraError } from '@landfall/marketplace/entra-errors';
import type { CheckToRun, Finding } from '@landfall/service-kit/checks';
import { failureFinding, probe } from '@landfall/service-kit/checks/probe';

export interface SignInSettings {
  readonly authorityUrl: string;
  readonly clientId: string;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

/** Whether buyers can sign in: the redirect URI, and the address that it belongs to. */
export function signInChecks(
  settings: SignInSettings,
): (input: OwnCheckInput) => readonly CheckToRun[] {
  return ({ publicUrl }) => [
    { check: 'landing.redirect', run: (signal) => checkRedirect(settings, signal) },
    { check: 'landing.public-url', run: async () => comparePublicUrls(settings, publicUrl) },
  ];
}

export function redirectUriOf({ publicUrl }: Pick<SignInSettings, 'publicUrl'>): string {
  return `${publicUrl}/landing/signed-in`;
}

/**
 * Opens the sign-in page as a browser without a session, and asks it not to show anything. Entra then leads back to the
 * redirect URI with an error, but only to one that is registered.
 */
async function checkRedirect(settings: SignInSettings, signal: AbortSignal): Promise<Finding> {
  const redirectUri = redirectUriOf(settings);
  const url = new URL(`${settings.authorityUrl}/common/oauth2/v2.0/authorize`);
  url.search = new URLSearchParams({
    client_id: settings.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    response_mode: 'query',
    scope: 'openid',
    state: 'doctor',
    nonce: 'doctor',
    prompt: 'none',
  }).toString();
  const answer = await probe(url.href, { signal });
  const details = { redirectUri, applicationId: settings.clientId };
  if (answer.kind === 'failure') {
    const { severity, finding, details: at } = failureFinding(url.origin, answer);
    return {
      severity,
      finding: `The sign-in page could not be opened. ${finding}`,
      nextStep: `Check that this service may connect to ${url.host}, and that the name resolves.`,
      details: { ...details, ...at },
    };
  }
  const location = answer.headers.get('location') ?? '';
  if (location.startsWith(`${redirectUri}?`)) {
    return { severity: 'ok', finding: 'The redirect URI is registered.', details };
  }
  const refused = readEntraError(answer.body) ?? readEntraError(decodeURIComponent(location));
  if (!refused) {
    return {
      severity: 'unknown',
      finding: 'Microsoft Entra ID did not say whether the redirect URI is registered.',
      nextStep: `Sign in on ${settings.publicUrl}/landing once, and compare the redirect URI with the application's Authentication page.`,
      details: { ...details, status: String(answer.status) },
    };
  }
  return {
    severity: 'error',
    finding: `Buyers cannot sign in: ${refused.sentence}`,
    ...entraAdvice(refused.code),
    details: { ...details, code: refused.code },
  };
}

function comparePublicUrls(settings: SignInSettings, gatewayUrl: string): Finding {
  const [ours, theirs] = [settings.publicUrl, gatewayUrl].map((url) => new URL(url).origin);
  const details = { landing: String(ours), gateway: String(theirs) };
  if (ours === theirs) {
    return { severity: 'ok', finding: 'Landing and gateway have the same PUBLIC_URL.', details };
  }
  return {
    severity: 'error',
    finding: `The landing service has the PUBLIC_URL ${ours}, and the gateway ${theirs}.`,
    cause: 'Buyers would be led back from the sign-in to another address, where it fails.',
    nextStep: 'Set PUBLIC_URL of both services to the address that browsers and Microsoft use.',
    details,
  };
}

const APPLICATION = 'Microsoft Entra: App registrations, the sign-in application';

/** The values of the application with which buyers sign in. */
export function signInSetup(settings: SignInSettings): (input: OwnCheckInput) => OwnSetupValue[] {
  return ({ publisherId }) => (publisherId === undefined ? valuesOf(settings) : []);
}

function valuesOf(settings: SignInSettings): OwnSetupValue[] {
  const about = 'installation';
  return [
    {
      about,
      where: `${APPLICATION}, Authentication, platform Web`,
      field: 'Redirect URIs',
      value: redirectUriOf(settings),
      isSet: true,
      why: 'Microsoft Entra ID leads buyers back only to a registered address.',
    },
    {
      about,
      where: `${APPLICATION}, Authentication`,
      field: 'Supported account types',
      value:
        'Accounts in any organizational directory (Any Microsoft Entra ID tenant - Multitenant) and personal Microsoft accounts',
      isSet: true,
      why: 'Buyers come from any organisation, and some buy with a personal account.',
    },
    {
      about,
      where: `${APPLICATION}, Token configuration`,
      field: 'Add optional claim, token type ID',
      value: 'acct',
      isSet: true,
      why: "It marks guests of the customer's tenant, who get no access to the manage pages.",
    },
    {
      about,
      where: `${APPLICATION}, Overview`,
      field: 'Application (client) ID',
      setting: 'LANDING_CLIENT_ID',
      isSet: true,
      why: 'The application with which buyers sign in.',
    },
    {
      about,
      where: `${APPLICATION}, Certificates & secrets`,
      field: 'Client secrets: Value',
      setting: 'LANDING_CLIENT_SECRET',
      isSet: true,
      why: 'Landfall redeems the sign-in with it.',
    },
  ];
}
