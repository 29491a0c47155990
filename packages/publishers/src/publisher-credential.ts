import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Fault } from '@landfall/domain/fault';
import {
  credentialKindOf,
  type CredentialKind,
  type CredentialSettings,
} from './credential-config.ts';
import type { Credential } from '@landfall/marketplace/token-source';

/** Secrets, keys and tokens have a few kilobytes. A larger file is the wrong one. */
const MAX_FILE_BYTES = 64 * 1024;

/** The credential of one publisher's fulfillment application. */
export interface PublisherCredential {
  readonly kind: CredentialKind;
  /**
   * The current credential. Files are read each time, so that a rotation needs no restart. Throws the fault
   * `credentials.unreadable` (retry later) if a file is missing, empty or of the wrong kind.
   */
  readonly current: () => Promise<Credential>;
  /** Reads the credential and throws what `current` would. Does not ask Entra whether it is valid. */
  readonly check: () => Promise<void>;
  /** When it expires, from the certificate or the settings; undefined if unknown. */
  readonly expiresAt: () => Promise<Date | undefined>;
}

/**
 * Opens the credential of the fulfillment application. Reads it once, so that a wrong path stops the start
 * with the name of its variable, instead of failing at the first purchase.
 */
export async function openPublisherCredential(
  settings: CredentialSettings,
): Promise<PublisherCredential> {
  const credential = publisherCredential(settings);
  await credential.check();
  return credential;
}

/** Like {@link openPublisherCredential}, but without reading it. `nameOf` gives the names of the settings. */
export function publisherCredential(
  given: CredentialSettings,
  nameOf: NameOf = String,
): PublisherCredential {
  const kind = credentialKindOf(given);
  const settings = { ...given, nameOf };
  const declared = settings.FULFILLMENT_CREDENTIAL_EXPIRES;
  const current = () => readers[kind](settings);
  return {
    kind,
    current,
    check: async () => {
      const read = await current();
      if ('assertion' in read) await read.assertion();
    },
    expiresAt: async () =>
      kind === 'certificate' ? (await readCertificate(settings)).validToDate : declared,
  };
}

type NameOf = (variable: keyof CredentialSettings) => string;
type Settings = CredentialSettings & { readonly nameOf: NameOf };

const readers: Readonly<Record<CredentialKind, (settings: Settings) => Promise<Credential>>> = {
  secret: ({ FULFILLMENT_CLIENT_SECRET: secret = '' }) => Promise.resolve({ secret }),
  'secret-file': async (settings) => ({
    secret: await readText(settings, 'FULFILLMENT_CLIENT_SECRET_FILE'),
  }),
  certificate: readPair,
  // These tokens are valid for minutes, so the file is read for each assertion.
  federated: (settings) =>
    Promise.resolve({ assertion: () => readText(settings, 'FULFILLMENT_FEDERATED_TOKEN_FILE') }),
};

async function readPair(settings: Settings): Promise<Credential> {
  const certificate = await readCertificate(settings);
  const privateKey = await readText(settings, 'FULFILLMENT_PRIVATE_KEY_FILE');
  // The two files are replaced one after the other. Until both match, nothing is sent.
  if (!certificate.checkPrivateKey(parseKey(settings, privateKey))) {
    throw unreadable(settings, 'FULFILLMENT_PRIVATE_KEY_FILE', 'is not the key of the certificate');
  }
  const thumbprintSha256 = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  return { certificate: { thumbprintSha256, privateKey } };
}

async function readCertificate(settings: Settings): Promise<X509Certificate> {
  const name = 'FULFILLMENT_CERTIFICATE_FILE';
  const text = await readText(settings, name);
  try {
    return new X509Certificate(text);
  } catch {
    throw unreadable(settings, name, 'does not contain a certificate in PEM');
  }
}

/** Omits the cause, because it could contain the key. */
function parseKey(settings: Settings, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw unreadable(
      settings,
      'FULFILLMENT_PRIVATE_KEY_FILE',
      'does not contain an unencrypted private key in PEM',
    );
  }
}

type FileVariable = Extract<keyof CredentialSettings, `${string}_FILE`>;

/** The file's text without the line end that editors and `echo` add. */
async function readText(settings: Settings, name: FileVariable): Promise<string> {
  let content: Buffer;
  try {
    content = await readFile(settings[name] ?? '');
  } catch (error: unknown) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw unreadable(settings, name, `names a file that cannot be read (${code})`);
  }
  if (content.byteLength > MAX_FILE_BYTES)
    throw unreadable(settings, name, 'names a file that is too large');
  const text = content.toString('utf8').trim();
  if (text === '') throw unreadable(settings, name, 'names an empty file');
  return text;
}

function unreadable({ nameOf }: Settings, name: FileVariable, problem: string): Fault {
  return new Fault('credentials.unreadable', `${nameOf(name)} ${problem}`, { retry: 'later' });
}
