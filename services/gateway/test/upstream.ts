import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Upstream extends AsyncDisposable {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Sets the answer. Until then it is 200 with an empty body. */
  answerWith(answer: (req: IncomingMessage, res: ServerResponse) => void): void;
  /** Stops listening and closes every connection. */
  stop(): Promise<void>;
}

/** A real HTTP server in place of landing or webhook-ingest. It records what reaches it. */
export async function startUpstream(): Promise<Upstream> {
  const seen: SeenRequest[] = [];
  let answer = (_req: IncomingMessage, res: ServerResponse): void => {
    res.end();
  };
  // The headers that the gateway takes, and those that it adds.
  const server = createServer({ maxHeaderSize: 128 * 1024 }, (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = req;
      seen.push({ method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString() });
      answer(req, res);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answerWith(next) {
      answer = next;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
