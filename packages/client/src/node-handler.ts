/** Answers a request that Landfall posted. It never throws. */
export type Receiver = (request: Request) => Promise<Response>;

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
export type NodeHandler = (request: NodeRequest, response: NodeResponse) => void;

/** Makes a receiver a handler for Node's own requests. It reads the body itself, so no middleware may have read it. */
export function nodeHandler(receive: Receiver): NodeHandler {
  const answer = async (request: NodeRequest, response: NodeResponse): Promise<void> => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined) headers.set(name, String(value));
    }
    // Other methods have no body, and `Request` throws for some of them. The receiver answers them 405.
    const init =
      request.method === 'POST'
        ? { method: 'POST', headers, body: streamOf(request), duplex: 'half' as const }
        : { headers };
    const received = await receive(new Request('http://localhost/', init));
    response.writeHead(received.status, Object.fromEntries(received.headers));
    response.end(await received.text());
  };
  return (request, response) => void answer(request, response);
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
