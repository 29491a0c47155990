import type { IncomingMessage, request as requestHttp } from 'node:http';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';

/** An answer whose body has not been read yet. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: IncomingMessage;
}

export interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
  readonly signal?: AbortSignal;
}

/** Sends a request and follows no redirect. Loading Node's `fetch` takes longer than all that a short command does. */
export async function sendHttp(url: string, options: Request = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, signal } = options;
  const request = requesterFor(url);
  return await new Promise<Answer>((resolve, reject) => {
    const length =
      typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const outgoing = request(
      url,
      { method, headers: { ...length, ...headers }, agent: false, ...(signal && { signal }) },
      (answer) =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer }),
    );
    outgoing.once('error', reject);
    if (typeof body === 'object') {
      body.once('error', (error) => outgoing.destroy(error));
      // Destroying it keeps a file from being read on after the other side has refused.
      outgoing.once('close', () => body.destroy());
      body.pipe(outgoing);
    } else outgoing.end(body);
  });
}

/** `import` of node:http also loads `fetch` in Node 24, because it reads every export. `require` does not. */
function requesterFor(url: string): typeof requestHttp {
  const load = createRequire(import.meta.url);
  const name = url.startsWith('https:') ? 'node:https' : 'node:http';
  return (load(name) as { request: typeof requestHttp }).request;
}

/** The whole body as text. */
export async function readBody({ body }: Answer): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
