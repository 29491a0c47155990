class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

export function isBodyTooLarge(error: unknown): boolean {
  return error instanceof BodyTooLarge;
}

/**
 * The same request with a body of at most `maxBytes`. A declared length has been checked before; a
 * chunked body has none, so it is read here, and reading stops at the limit. Requests without a
 * chunked body are handed on at once, without a promise in between.
 */
export function withBoundedBody(request: Request, maxBytes: number): Request | Promise<Request> {
  if (request.headers.get('transfer-encoding') === null || request.body === null) return request;
  return readBounded(request, request.body, maxBytes);
}

async function readBounded(
  request: Request,
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Request> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new BodyTooLarge(`the body is larger than ${maxBytes} bytes`);
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
