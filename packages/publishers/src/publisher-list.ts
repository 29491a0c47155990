import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { Fault } from '@landfall/domain/fault';
import {
  credentialFlaw,
  credentialShape,
  credentialVariables,
  moment,
  type CredentialSettings,
} from './credential-config.ts';

/** Enough for a thousand publishers with every field. A larger file is the wrong one. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Environment variables that name the publishers: a file with a list, or the variables of a single one.
 * Spread them into a service's `z.object`, and complete that with {@link hasPublishers}.
 */
export const publisherShape = {
  PUBLISHERS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('JSON file with several publishers, instead of the variables of one'),
  PUBLISHER_TENANT_ID: z.guid().optional().describe("the publisher's Microsoft Entra tenant id"),
  FULFILLMENT_CLIENT_ID: z
    .guid()
    .optional()
    .describe('application (client) id for the APIs, as in Partner Center'),
  PUBLISHER_ID: z
    .string()
    .min(1)
    .optional()
    .describe(
      'id of the only publisher, for records where Microsoft names none and for keys limited to it',
    ),
};

/** {@link publisherShape} with the credential, for services that call Microsoft. */
export const publisherAccessShape = { ...publisherShape, ...credentialShape };

const identityVariables = ['PUBLISHER_TENANT_ID', 'FULFILLMENT_CLIENT_ID'] as const;

type Given = Readonly<Partial<Record<string, unknown>>>;

/**
 * What is wrong with the publisher settings, one sentence per flaw: there must be either a list or a
 * complete single publisher. Names variables, never values.
 */
export function publisherFlaws(given: Given, needs: { readonly credential: boolean }): string[] {
  const isGiven = (name: string): boolean => given[name] !== undefined && given[name] !== '';
  const single = [...identityVariables, 'PUBLISHER_ID', ...credentialVariables].filter(isGiven);
  if (isGiven('PUBLISHERS_FILE')) {
    if (single.length === 0) return [];
    return [`PUBLISHERS_FILE is set together with ${single.join(', ')}; keep the file or these`];
  }
  const missing = identityVariables.filter((name) => !isGiven(name));
  const flaw = needs.credential ? credentialFlaw(given) : undefined;
  if (missing.length === 0) return flaw === undefined ? [] : [flaw];
  return [
    `no publisher is given: set ${missing.join(', ')}, or PUBLISHERS_FILE for several`,
    ...(flaw === undefined ? [] : [flaw]),
  ];
}

/**
 * Completes a service's schema with the check of the publisher settings. It runs together with the other
 * checks, so that an operator sees all problems at once. Credentials are required if the schema has them.
 */
export function hasPublishers<Shape extends typeof publisherShape & z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
): z.ZodObject<Shape> {
  const needs = { credential: 'FULFILLMENT_CLIENT_SECRET' in schema.shape };
  return schema.refine((given) => publisherFlaws(given as Given, needs).length === 0, {
    error: ({ input }) => publisherFlaws((input ?? {}) as Given, needs).join('; '),
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
}

export type PublishersSettings = z.output<z.ZodObject<typeof publisherShape>> &
  Partial<CredentialSettings>;

/** One configured publisher. */
export interface PublisherSettings {
  /** Undefined for a single publisher without configured id; Microsoft's records then name it. */
  readonly publisherId: string | undefined;
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: CredentialSettings;
  /** Gives the name of a credential setting where it was set: the variable, or a field of the file. */
  readonly nameOf: (variable: keyof CredentialSettings) => string;
}

/** The configured publishers. */
export interface GivenPublishers {
  readonly publishers: readonly PublisherSettings[];
  /** True if a single publisher was configured by variables: every record belongs to it. */
  readonly isSole: boolean;
  /** Problems that an operator should fix, but that do not prevent the start. */
  readonly warnings: readonly string[];
}

/**
 * Reads the configured publishers. The first one is the default for calls that name none. Throws the fault
 * `config.publishers-unfit` with all flaws of the file; it names fields, never values. The list is read
 * once, so a changed list needs a restart. Rotated credential files do not.
 */
export async function readPublishers(
  settings: PublishersSettings,
  needs: Needs,
): Promise<GivenPublishers> {
  const file = settings.PUBLISHERS_FILE;
  if (file !== undefined) return await readList(file, needs);
  const { PUBLISHER_TENANT_ID: tenantId = '', FULFILLMENT_CLIENT_ID: clientId = '' } = settings;
  const publisherId = settings.PUBLISHER_ID;
  const only = { publisherId, tenantId, clientId, credential: settings, nameOf: String };
  return { publishers: [only], isSole: true, warnings: [] };
}

const filePath = z.string().min(1).optional();

const credentialInFile = z.strictObject({
  secret: z.string().min(1).optional(),
  secretFile: filePath,
  certificateFile: filePath,
  privateKeyFile: filePath,
  federatedTokenFile: filePath,
  expires: moment.optional(),
});

type CredentialInFile = z.output<typeof credentialInFile>;

const fieldOf = {
  FULFILLMENT_CLIENT_SECRET: 'secret',
  FULFILLMENT_CLIENT_SECRET_FILE: 'secretFile',
  FULFILLMENT_CERTIFICATE_FILE: 'certificateFile',
  FULFILLMENT_PRIVATE_KEY_FILE: 'privateKeyFile',
  FULFILLMENT_FEDERATED_TOKEN_FILE: 'federatedTokenFile',
  FULFILLMENT_CREDENTIAL_EXPIRES: 'expires',
} as const satisfies Record<keyof CredentialSettings, keyof CredentialInFile>;

/** Ids appear in URLs of the landing page, rows and lists, so no character may need escaping. */
const PUBLISHER_ID = /^[\w][\w.-]{0,99}$/;

const list = z.strictObject({ publishers: z.array(z.unknown()).min(1) });

const publisher = z.strictObject({
  publisherId: z.string().regex(PUBLISHER_ID, 'must be letters, digits, dots and dashes'),
  tenantId: z.guid().toLowerCase(),
  clientId: z.guid().toLowerCase(),
  credential: credentialInFile.optional(),
});

type Needs = { readonly credential: boolean };

async function readList(file: string, needs: Needs): Promise<GivenPublishers> {
  const { text, isOpen } = await readText(file);
  const { publishers, flaws } = checkEntries(parseJson(text), needs);
  if (flaws.length > 0) {
    throw unfit(`has ${flaws.length === 1 ? 'a flaw' : 'flaws'}:\n  ${flaws.join('\n  ')}`);
  }
  const folder = path.dirname(path.resolve(file));
  const holdsSecrets = publishers.some(({ credential }) => credential?.secret !== undefined);
  return {
    publishers: publishers.map((one, index) => settingsOf(one, { index, folder })),
    isSole: false,
    warnings:
      isOpen && holdsSecrets
        ? [
            'PUBLISHERS_FILE contains secrets, and every user of this machine can read it; run chmod 600 on it',
          ]
        : [],
  };
}

function settingsOf(
  { publisherId, tenantId, clientId, credential = {} }: z.output<typeof publisher>,
  at: { readonly index: number; readonly folder: string },
): PublisherSettings {
  return {
    publisherId,
    tenantId,
    clientId,
    credential: toVariables(credential, at.folder),
    nameOf: (name) => `publishers.${at.index}.credential.${fieldOf[name]} of PUBLISHERS_FILE`,
  };
}

/** Checks each entry separately, so that the flaws of one do not hide those of another. */
function checkEntries(
  value: unknown,
  needs: Needs,
): { readonly publishers: z.output<typeof publisher>[]; readonly flaws: string[] } {
  const outer = list.safeParse(value, { reportInput: false });
  if (!outer.success) return { publishers: [], flaws: flawsOf(outer.error, []) };
  const publishers: z.output<typeof publisher>[] = [];
  const flaws: string[] = [];
  const owners = new Map<string, number>();
  for (const [index, entry] of outer.data.publishers.entries()) {
    const at = `publishers.${index}`;
    const parsed = publisher.safeParse(entry, { reportInput: false });
    if (parsed.success) publishers.push(parsed.data);
    else flaws.push(...flawsOf(parsed.error, [at]));
    const { publisherId, tenantId, clientId, credential } = readableParts(entry);
    const sameId = ownerOf(owners, [publisherId], index);
    if (sameId !== undefined)
      flaws.push(`${at}.publisherId: is the same as that of publishers.${sameId}`);
    const samePair = ownerOf(owners, [tenantId, clientId], index);
    if (samePair !== undefined) {
      flaws.push(
        `${at}: has the same tenantId and clientId as publishers.${samePair}; each pair must be unique`,
      );
    }
    const flaw = needs.credential && credentialFlaw(toVariables(credential), nameInFile);
    if (flaw) flaws.push(`${at}.credential: ${flaw}`);
  }
  return { publishers, flaws };
}

const nameInFile = (variable: keyof CredentialSettings): string => fieldOf[variable];

function flawsOf({ issues }: z.ZodError, at: readonly string[]): string[] {
  return issues.map((issue) => {
    const where = [...at, ...issue.path].join('.') || 'the file';
    return `${where}: ${issue.message}`;
  });
}

/** The readable parts of an entry that may have flaws. */
function readableParts(entry: unknown) {
  const { publisherId, tenantId, clientId, credential } = recordOf(entry);
  const text = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : undefined);
  return {
    publisherId: text(publisherId),
    tenantId: text(tenantId),
    clientId: text(clientId),
    credential: recordOf(credential) as CredentialInFile,
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Index of the earlier entry with the same parts. Undefined for the first one, and if a part is missing. */
function ownerOf(
  owners: Map<string, number>,
  parts: readonly (string | undefined)[],
  index: number,
): number | undefined {
  if (parts.includes(undefined)) return undefined;
  const key = parts.join('/');
  const before = owners.get(key);
  if (before === undefined) owners.set(key, index);
  return before;
}

/** The credential as variables. Relative paths are resolved from the folder of the list. */
function toVariables(credential: CredentialInFile, folder?: string): CredentialSettings {
  return Object.fromEntries(
    Object.entries(fieldOf).flatMap(([variable, field]) => {
      const value = credential[field];
      if (value === undefined) return [];
      const isPath = variable.endsWith('_FILE') && folder !== undefined;
      return [[variable, isPath ? path.resolve(folder, String(value)) : value]];
    }),
  );
}

async function readText(file: string): Promise<{ text: string; isOpen: boolean }> {
  try {
    const [content, { mode }] = await Promise.all([readFile(file), stat(file)]);
    if (content.byteLength > MAX_FILE_BYTES) throw unfit('is too large');
    return { text: content.toString('utf8'), isOpen: (mode & 0o004) !== 0 };
  } catch (error: unknown) {
    if (error instanceof Fault) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw unfit(`names a file that cannot be read (${code})`);
  }
}

/** Omits the cause, because it could contain a secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unfit('does not contain valid JSON');
  }
}

function unfit(problem: string): Fault {
  return new Fault('config.publishers-unfit', `PUBLISHERS_FILE ${problem}`, { retry: 'never' });
}
