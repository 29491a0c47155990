import { readFileSync } from 'node:fs';
import { Fault } from '@landfall/domain/fault';

/**
 * Codes of OpenSSL and Node if a certificate does not show that the server is the right one. Its operator must renew it:
 * https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const CERTIFICATE_CODES = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether an error with this code means that the server's certificate was refused. */
export function isCertificateCode(code: string | undefined): boolean {
  return CERTIFICATE_CODES.has(code ?? '');
}

/** The certificate of an authority. Throws a fault with `code` if the file that `variable` names cannot be read. */
export function readCertificate(
  file: string,
  { variable, code }: { readonly variable: string; readonly code: string },
): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `${variable} names ${file}, which cannot be read`;
    throw new Fault(code, message, { retry: 'never', cause });
  }
}
