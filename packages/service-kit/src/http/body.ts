import { BodyBudgetSpent, type Reserve } from './body-budget.ts';

/** The body of a refused request is read and dropped up to this size, so that the connection stays usable. */
export const MAX_DRAINED_BYTES = 64 * 1024;

class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

export function isBodyTooLarge(error: unknown): boolean {
  return error instanceof BodyTooLarge;
}

/**
 * The same request with a body of at most `maxBytes` that fits into the memory budget. The server has already
 * checked declared lengths. A chunked body has none, so it is read here, and reading stops at the limit. Other
 * requests are returned synchronously.
 */
export function withBoundedBody(
  request: Request,
  maxBytes: number,
  reserve: () => Reserve,
): Request | Promise<Request> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > 0 && !reserve()(declared)) throw new BodyBudgetSpent();
  if (request.headers.get('transfer-encoding') === null || request.body === null) return request;
  return readBounded(request, request.body, { maxBytes, reserve: reserve() });
}

async function readBounded(
  request: Request,
  stream: ReadableStream<Uint8Array>,
  { maxBytes, reserve }: { readonly maxBytes: number; readonly reserve: Reserve },
): Promise<Request> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new BodyTooLarge(`the body is larger than ${maxBytes} bytes`);
    if (!reserve(chunk.byteLength)) throw new BodyBudgetSpent();
    chunks.push(chunk);
  }
  const headers = new Headers(request.headers);
  headers.delete('transfer-encoding');
  headers.set('content-length', String(size));
  return new Request(request.url, {
    method: request.method,
    headers,
    body: Buffer.concat(chunks),
    signal: request.signal,
  });
}
