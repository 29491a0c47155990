import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate created for a test, so that the repository contains no key. */
export interface SelfSigned {
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * The minimum that X.509 requires (RFC 5280 §4.1): a name, a key, a validity and a signature. With `isLoopback`, it is also
 * valid for a server at 127.0.0.1 or localhost, for clients that have it as their authority.
 */
export function selfSigned(notAfter: Date, { isLoopback = false } = {}): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const commonName = der(0x0c, Buffer.from('landfall test'));
  const name = sequence(der(0x31, sequence(COMMON_NAME, commonName)));
  const signed = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    SHA256_WITH_RSA,
    name,
    sequence(time(new Date('2026-01-01T00:00:00Z')), time(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(isLoopback ? [der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, LOOPBACK))))] : []),
  );
  const signature = sign('sha256', signed, privateKey);
  const bits = der(0x03, Buffer.concat([Buffer.of(0), signature]));
  const certificate = sequence(signed, SHA256_WITH_RSA, bits);
  return {
    certificate: pem(certificate),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').replaceAll(/(.{64})/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80
      ? Buffer.of(length)
      : length < 0x100
        ? Buffer.of(0x81, length)
        : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return der(0x18, Buffer.from(`${digits}Z`));
}

/** 1.2.840.113549.1.1.11 with NULL, and 2.5.4.3. */
const SHA256_WITH_RSA = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
/** 2.5.29.17, and the addresses (RFC 5280 §4.2.1.6). */
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const LOOPBACK = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1)));
