import type { IncomingMessage } from 'node:http';
import type { Reserve } from '@landfall/service-kit/body-budget';
import { bodyTooLarge, upstreamAway, type Answer } from '../error-pages.ts';

export type BodyProblem = 'too-large' | 'no-room';

/** The answer to each problem. */
export const bodyProblems: Readonly<Record<BodyProblem, Answer>> = {
  'too-large': bodyTooLarge,
  'no-room': upstreamAway,
};

/**
 * The whole body, or the problem: it is larger than `maxBytes`, or memory has no room for it. With a problem, reading
 * has stopped and the connection must be closed. Rejects if the caller disconnects.
 */
export async function readBody(
  req: IncomingMessage,
  maxBytes: number,
  reserve: Reserve,
): Promise<Buffer | BodyProblem> {
  if (declaredLength(req) > maxBytes) return 'too-large';
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | BodyProblem>();
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (problem: BodyProblem): void => {
    req.pause();
    chunks.length = 0;
    resolve(problem);
  };
  req.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size > maxBytes) stop('too-large');
    else if (!reserve(chunk.byteLength)) stop('no-room');
    else chunks.push(chunk);
  });
  req.once('end', () => resolve(Buffer.concat(chunks)));
  req.once('error', reject);
  req.once('close', () => reject(new Error('the caller disconnected')));
  return promise;
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
