import { z } from 'zod';

const path = z.string().min(1).optional();

/** A day is taken from its first moment: a warning that is hours early does no harm. */
export const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'set a date such as 2027-03-31, or a moment with its zone',
  })
  .transform((text) => new Date(text));

/**
 * The credential of the fulfillment application as the environment gives it; spread into a service's
 * `z.object` and complete that with {@link hasOneCredential}.
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

/** The kinds of credential with the variables of each. */
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

/** Every variable that has to do with the credential, for those who hand them on. */
export const credentialVariables = Object.keys(
  credentialShape,
) as readonly (keyof typeof credentialShape)[];

type Given = Readonly<Partial<Record<string, unknown>>>;

/** What a setting is called where it was given; the variables' own names unless said otherwise. */
type NameOf = (variable: keyof CredentialSettings) => string;

/**
 * What is wrong with the choice of a credential, and what to do; undefined where exactly one kind is
 * given and complete. Names settings, never values.
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
 * Completes a service's schema: exactly one kind of credential. Judged beside the other variables, so
 * that one round of fixing is enough.
 */
export function hasOneCredential<Shape extends typeof credentialShape & z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
): z.ZodObject<Shape> {
  return schema.refine((given) => credentialFlaw(given as Given) === undefined, {
    error: ({ input }) => credentialFlaw((input ?? {}) as Given),
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
}

/** The kind that is given; the settings are sound, as {@link hasOneCredential} has seen to. */
export function credentialKindOf(settings: Given): CredentialKind {
  const found = credentialKinds.find(({ variables }) =>
    variables.every((name) => settings[name] !== undefined),
  );
  if (!found) throw new TypeError('credential settings are used before they were judged');
  return found.kind;
}
