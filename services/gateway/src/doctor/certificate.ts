import { connect } from 'node:tls';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';

/** Certificates are replaced weeks before they expire, so once an hour is often enough. */
const LOOK_MS = 60 * 60_000;
/** A public address answers within a second or two. */
const HANDSHAKE_TIMEOUT_MS = 5_000;
const HTTPS_PORT = 443;

export interface CertificateWatch extends AsyncDisposable {
  /** When the certificate expires; undefined if PUBLIC_URL is not https, or did not answer at the last look. */
  expiresAt(): Date | undefined;
}

/** Looks at the TLS certificate of the public address, as Microsoft and buyers get it. */
export function watchCertificate(options: {
  readonly publicUrl: string;
  readonly log: Logger;
}): CertificateWatch {
  const url = new URL(options.publicUrl);
  let expiresAt: Date | undefined;
  const loop =
    url.protocol === 'https:'
      ? startLoop({
          name: 'certificate',
          everyMs: LOOK_MS,
          log: options.log,
          run: async (signal) => {
            expiresAt = await expiryOf(url, signal);
          },
        })
      : undefined;
  return {
    expiresAt: () => expiresAt,
    [Symbol.asyncDispose]: async () => await loop?.[Symbol.asyncDispose](),
  };
}

/**
 * The end of the certificate that an address shows, whether it is trusted or not. Undefined if there is no answer: the doctor
 * says why, and some networks cannot reach their own public address.
 */
export function expiryOf(url: URL, signal: AbortSignal): Promise<Date | undefined> {
  const { promise, resolve } = Promise.withResolvers<Date | undefined>();
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const socket = connect({
    host,
    port: Number(url.port) || HTTPS_PORT,
    servername: /[:]|^[\d.]+$/.test(host) ? '' : host,
    // Nothing is sent, so a certificate that is not trusted is no danger, and it has an expiry date as well.
    rejectUnauthorized: false,
  });
  const end = (at?: Date): void => {
    socket.destroy();
    resolve(at);
  };
  socket.setTimeout(HANDSHAKE_TIMEOUT_MS, () => end());
  socket.once('error', () => end());
  socket.once('close', () => end());
  signal.addEventListener('abort', () => end(), { once: true });
  socket.once('secureConnect', () => {
    const at = new Date(socket.getPeerCertificate().valid_to);
    end(Number.isNaN(at.getTime()) ? undefined : at);
  });
  return promise;
}
