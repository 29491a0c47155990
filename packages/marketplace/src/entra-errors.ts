import { isMsalError } from './entra-network.ts';

/** An error of Microsoft Entra ID: its code, its own sentence, and the ids that Microsoft's support asks for. */
export interface EntraError {
  /** Such as `AADSTS7000215`. */
  readonly code: string;
  readonly sentence: string;
  readonly traceId: string | undefined;
}

const DESCRIPTION =
  /(AADSTS\d+): (.*?)(?=\s*(?:Trace ID|Correlation ID|Timestamp):|\s+- Correlation|$)/s;

/** The error of Entra behind a fault of the token source. Undefined if Entra did not answer. */
export function entraErrorOf(error: unknown): EntraError | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const auth = [error, cause].find(isMsalError);
  return auth && readEntraError(auth.errorMessage);
}

/** The error in a text or page of Entra. */
export function readEntraError(text: string): EntraError | undefined {
  const [, code, sentence] = DESCRIPTION.exec(text) ?? [];
  if (code === undefined || sentence === undefined) return undefined;
  const traceId = /Trace ID: ([\da-f-]{36})/i.exec(text)?.[1];
  return {
    code,
    sentence: sentence.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_SENTENCE),
    traceId,
  };
}

/** Longer texts are pages. Their beginning is enough. */
const MAX_SENTENCE = 400;

export interface EntraAdvice {
  readonly cause: string;
  readonly nextStep: string;
}

const NEW_SECRET =
  'In Microsoft Entra, open App registrations, your application, Certificates & secrets, and create a new client secret.';

/**
 * What Entra's codes for an application that asks for a token mean here.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const ADVICE: Readonly<Record<string, EntraAdvice>> = {
  AADSTS7000215: {
    cause: "The client secret is wrong. Often the secret's ID was copied instead of its Value.",
    nextStep: `${NEW_SECRET} Copy its Value, which is shown only once.`,
  },
  AADSTS7000222: {
    cause: 'The client secret has expired.',
    nextStep: `${NEW_SECRET} Set FULFILLMENT_CREDENTIAL_EXPIRES to its end.`,
  },
  AADSTS7000229: {
    cause: 'The application has no service principal in the tenant.',
    nextStep:
      'Create it in the tenant of the publisher: az ad sp create --id <application id>, or grant admin consent to the application.',
  },
  AADSTS700016: {
    cause: 'The tenant does not know the application: one of the two ids is wrong.',
    nextStep:
      "Compare tenant id and application id with the application's Overview page in Microsoft Entra, and with the offer's Technical configuration.",
  },
  AADSTS90002: {
    cause: 'The tenant does not exist.',
    nextStep: "Copy the Directory (tenant) ID from the application's Overview page.",
  },
  AADSTS900023: {
    cause: 'The tenant id is not a tenant.',
    nextStep: "Copy the Directory (tenant) ID from the application's Overview page.",
  },
  AADSTS7000112: {
    cause: 'The application is disabled in the tenant.',
    nextStep:
      'In Microsoft Entra, open Enterprise applications, the application, Properties, and enable users to sign in.',
  },
  AADSTS7000218: {
    cause: 'Entra received no credential with the request.',
    nextStep: 'Set exactly one kind of credential (docs/going-live.md).',
  },
  AADSTS700027: {
    cause:
      'The certificate is not registered with the application, has expired, or its key does not match.',
    nextStep: "Upload the certificate to the application's Certificates & secrets.",
  },
  AADSTS700024: {
    cause:
      'The signed assertion is not valid at this time: the clock is wrong, or a federated token is old.',
    nextStep: 'Look at the checks of the clocks, and at what writes the federated token.',
  },
  AADSTS70021: {
    cause: 'No federated credential of the application matches issuer and subject of the token.',
    nextStep: "Compare both with the application's Certificates & secrets, Federated credentials.",
  },
  AADSTS700213: {
    cause: 'No federated credential of the application matches the subject of the token.',
    nextStep: "Compare it with the application's Certificates & secrets, Federated credentials.",
  },
  AADSTS700212: {
    cause: 'No federated credential of the application matches the audience of the token.',
    nextStep: 'The audience is usually api://AzureADTokenExchange.',
  },
  AADSTS500011: {
    cause: 'The tenant has no service principal for the resource.',
    nextStep:
      "For Microsoft's marketplace: az ad sp create --id 20e940b3-4c77-4b0b-9a53-9e16a1b010a7 in the publisher's tenant.",
  },
  AADSTS501051: {
    cause: 'The application requires an assignment, and is not assigned to itself.',
    nextStep:
      'In Enterprise applications, the application, Properties, set Assignment required to No. Only the check of the webhook needs it.',
  },
  AADSTS53003: {
    cause: 'A Conditional Access policy blocks the application.',
    nextStep:
      'Exclude the application from the policy for workload identities, or allow the address of this machine.',
  },
  AADSTS50011: {
    cause: 'The redirect URI is not registered with the application.',
    nextStep: "Add it to the application's Authentication page, platform Web.",
  },
};

/** What a code means here, and what to do. */
export function entraAdvice(code: string): EntraAdvice {
  return (
    ADVICE[code] ?? {
      cause: 'Microsoft Entra ID refused the request.',
      nextStep: `Look up the code: https://login.microsoftonline.com/error?code=${code.replace('AADSTS', '')}`,
    }
  );
}

export const explainedEntraCodes: readonly string[] = Object.keys(ADVICE);
