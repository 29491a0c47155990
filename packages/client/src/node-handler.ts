import type { Receiver } from './receiver.ts';

/** The parts of Node's `IncomingMessage` that are needed. */
export interface NodeRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The parts of Node's `ServerResponse` that are needed. */
export interface NodeResponse {
  writeHead(status: number, headers?: Record<string, string>): unknown;
  end(body?: string): unknown;
}

/** A handler for Node's `http.createServer`, and for Express and others that pass on Node's own objects. */
export type NodeHandler = (request: NodeRequest, response: NodeResponse) => Promise<void>;

/** Makes a receiver a handler for Node's own requests. It reads the body itself, so no middleware may have read it. */
export function nodeHandler(receive: Receiver): NodeHandler {
  return async (request, response) => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined) headers.set(name, String(value));
    }
    const { method = 'GET' } = request;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const answer = await receive(
      new Request('http://localhost/', {
        method,
        headers,
        ...(hasBody ? { body: streamOf(request), duplex: 'half' } : {}),
      } as RequestInit),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  };
}

function streamOf(request: AsyncIterable<unknown>): ReadableStream {
  const parts = request[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return?.();
    },
  });
}
