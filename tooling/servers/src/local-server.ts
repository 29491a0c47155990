import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Breaks the connection instead of answering. */
  readonly drop?: boolean;
  /** Does not answer until the caller gives up. */
  readonly hang?: boolean;
}

export interface LocalServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: ReceivedRequest[];
  /** Answers for the next requests, in order. The last one repeats. */
  answer(...answers: (ScriptedAnswer | ((request: ReceivedRequest) => ScriptedAnswer))[]): void;
}

/** A real HTTP server on this machine that gives the test's answers and records requests. */
export async function startLocalServer(): Promise<LocalServer> {
  const requests: ReceivedRequest[] = [];
  let script: Parameters<LocalServer['answer']> = [{ status: 200 }];
  const server = createServer((request, response) => {
    void receive(request).then((received) => {
      requests.push(received);
      const next = (script.length > 1 ? script.shift() : script[0]) ?? {};
      respond(response, typeof next === 'function' ? next(received) : next);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (...answers) => {
      script = answers;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://localhost');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function respond(response: ServerResponse, answer: ScriptedAnswer): void {
  if (answer.hang) return;
  if (answer.drop) {
    response.destroy();
    return;
  }
  response.writeHead(answer.status ?? 200, answer.headers);
  const { body } = answer;
  response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
}
