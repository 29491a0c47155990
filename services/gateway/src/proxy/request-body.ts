import type { IncomingMessage } from 'node:http';
import type { Reserve } from '@landfall/service-kit/body-budget';

export type BodyFault = 'too-large' | 'no-room';

/**
 * The whole body; or why there is none: it is larger than `maxBytes`, or memory has no room for it. Then reading has
 * stopped and the connection must be closed. Rejects when the caller goes away.
 */
export async function readBody(
  req: IncomingMessage,
  maxBytes: number,
  reserve: Reserve,
): Promise<Buffer | BodyFault> {
  if (declaredLength(req) > maxBytes) return 'too-large';
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | BodyFault>();
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (fault: BodyFault): void => {
    req.pause();
    chunks.length = 0;
    resolve(fault);
  };
  req.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size > maxBytes) stop('too-large');
    else if (!reserve(chunk.byteLength)) stop('no-room');
    else chunks.push(chunk);
  });
  req.once('end', () => resolve(Buffer.concat(chunks)));
  req.once('error', reject);
  req.once('close', () => reject(new Error('the caller has gone')));
  return promise;
}

export function hasBody(req: IncomingMessage): boolean {
  return declaredLength(req) > 0 || isChunked(req);
}

/** 0 where a chunked body has none. */
export function declaredLength(req: IncomingMessage): number {
  return Number(req.headers['content-length'] ?? 0);
}

export function isChunked(req: IncomingMessage): boolean {
  return 'transfer-encoding' in req.headers;
}
