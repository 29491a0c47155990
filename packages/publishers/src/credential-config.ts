import { z } from 'zod';

const path = z.string().min(1).optional();

/** A date, or a time with zone. A date means its first moment, because an early warning does no harm. */
export const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'set a date such as 2027-03-31, or a time with its zone',
  })
  .transform((text) => new Date(text));

/**
 * Environment variables for the credential of the fulfillment application. Spread them into a service's
 * `z.object`, and complete that with {@link hasOneCredential}.
 */
export const credentialShape = {
  FULFILLMENT_CLIENT_SECRET: z
    .string()
    .min(1)
    .optional()
    .describe('client secret of the application'),
  FULFILLMENT_CLIENT_SECRET_FILE: path.describe('file with the client secret'),
  FULFILLMENT_CERTIFICATE_FILE: path.describe("file with the application's certificate, PEM"),
  FULFILLMENT_PRIVATE_KEY_FILE: path.describe("file with the certificate's private key, PEM"),
  FULFILLMENT_FEDERATED_TOKEN_FILE: path.describe('file with a token of a federated issuer'),
  FULFILLMENT_CREDENTIAL_EXPIRES: moment
    .optional()
    .describe('when the credential expires, such as 2027-03-31; a certificate says so itself'),
};

export type CredentialSettings = z.output<z.ZodObject<typeof credentialShape>>;

/** The kinds of credential, each with its variables. */
export const credentialKinds = [
  { kind: 'secret', variables: ['FULFILLMENT_CLIENT_SECRET'] },
  { kind: 'secret-file', variables: ['FULFILLMENT_CLIENT_SECRET_FILE'] },
  {
    kind: 'certificate',
    variables: ['FULFILLMENT_CERTIFICATE_FILE', 'FULFILLMENT_PRIVATE_KEY_FILE'],
  },
  { kind: 'federated', variables: ['FULFILLMENT_FEDERATED_TOKEN_FILE'] },
] as const satisfies readonly {
  readonly kind: string;
  readonly variables: readonly (keyof typeof credentialShape)[];
}[];

export type CredentialKind = (typeof credentialKinds)[number]['kind'];

/** Every variable of the credential, for code that passes them on. */
export const credentialVariables = Object.keys(
  credentialShape,
) as readonly (keyof typeof credentialShape)[];

type Given = Readonly<Partial<Record<string, unknown>>>;

/** Gives the name of a setting where it was set: the variable, or a field of the publishers file. */
type NameOf = (variable: keyof CredentialSettings) => string;

/**
 * What is wrong with the credential settings, and what to do; undefined if exactly one kind is set and
 * complete. Names settings, never values.
 */
export function credentialFlaw(given: Given, nameOf: NameOf = String): string | undefined {
  const listed = (variables: readonly (keyof CredentialSettings)[], joint: string): string =>
    variables.map((variable) => nameOf(variable)).join(joint);
  const names = credentialKinds.flatMap(({ variables }) =>
    variables.filter((name) => given[name] !== undefined && given[name] !== ''),
  );
  const kinds = credentialKinds.filter(({ variables }) =>
    variables.some((name) => names.includes(name)),
  );
  const [kind] = kinds;
  if (kind === undefined) {
    const choices = credentialKinds.map(({ variables }) => listed(variables, ' with '));
    return `the fulfillment application has no credential; set exactly one: ${choices.join(', or ')}`;
  }
  if (kinds.length > 1) {
    return `${listed(names, ', ')} are set together; keep one kind of credential and unset the others`;
  }
  const missing = kind.variables.filter((name) => !names.includes(name));
  if (missing.length === 0) return undefined;
  return `${listed(names, ', ')} is set without ${listed(missing, ', ')}; set both`;
}

/**
 * Completes a service's schema with the check that exactly one kind of credential is set. It runs together
 * with the other checks, so that an operator sees all problems at once.
 */
export function hasOneCredential<Shape extends typeof credentialShape & z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
): z.ZodObject<Shape> {
  return schema.refine((given) => credentialFlaw(given as Given) === undefined, {
    error: ({ input }) => credentialFlaw((input ?? {}) as Given),
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
}

/** The kind of credential that is set. The settings must have passed {@link hasOneCredential}. */
export function credentialKindOf(settings: Given): CredentialKind {
  const found = credentialKinds.find(({ variables }) =>
    variables.every((name) => settings[name] !== undefined),
  );
  if (!found) throw new TypeError('Credential settings must be checked before they are used.');
  return found.kind;
}
