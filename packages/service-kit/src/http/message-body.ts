import type { IncomingMessage } from 'node:http';
import type { Reserve } from './body-budget.ts';

export type BodyProblem = 'too-large' | 'no-room';

/**
 * Reads the whole body. Resolves with a problem if the body is larger than `maxBytes`, or memory has no room for it.
 * Reading has then stopped, and the connection must be closed. Rejects if the caller disconnects.
 */
export function readBody(
  req: IncomingMessage,
  maxBytes: number,
  reserve: Reserve,
): Promise<Buffer | BodyProblem> {
  const declared = declaredLength(req);
  if (declared > maxBytes) return Promise.resolve('too-large');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isOver = false;
    const stop = (problem: BodyProblem): void => {
      isOver = true;
      req.pause();
      chunks.length = 0;
      resolve(problem);
    };
    req.on('data', (chunk: Buffer) => {
      if (isOver) return;
      size += chunk.byteLength;
      if (size > maxBytes) stop('too-large');
      else if (!reserve(chunk.byteLength)) stop('no-room');
      else chunks.push(chunk);
    });
    req.once('end', () => {
      isOver = true;
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks, size));
    });
    req.once('error', reject);
    req.once('close', () => {
      if (!isOver) reject(new Error('the caller disconnected'));
    });
  });
}

export function hasBody(req: IncomingMessage): boolean {
  return declaredLength(req) > 0 || isChunked(req);
}

/** The declared length; 0 for a chunked body, which has none. */
export function declaredLength(req: IncomingMessage): number {
  return Number(req.headers['content-length'] ?? 0);
}

export function isChunked(req: IncomingMessage): boolean {
  return 'transfer-encoding' in req.headers;
}
