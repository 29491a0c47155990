import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { isLoopbackHost } from '@landfall/domain/loopback';
import { StartError } from './supervised-process.ts';

/** Landfall refuses larger notifications, and Microsoft's are about 2 KB. */
const MAX_BODY_BYTES = 64 * 1024;
/** The gateway answers within Microsoft's ten seconds. */
const ANSWER_TIMEOUT_MS = 12_000;
/** A token is fetched again this long before it ends. */
const TOKEN_MARGIN_MS = 60_000;

const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.coerce.number() });

export interface WebhookTokenProxyOptions {
  readonly port: number;
  /** The gateway's webhook. */
  readonly webhookUrl: string;
  /** The local authority, and the client that gets tokens there as Microsoft's marketplace would. */
  readonly authorityUrl: string;
  readonly tenantId: string;
  readonly marketplaceClient: { readonly clientId: string; readonly clientSecret: string };
  /** The publisher's application, for which the tokens are. */
  readonly audience: string;
}

export interface WebhookTokenProxy extends AsyncDisposable {
  readonly url: string;
}

/**
 * Passes notifications of a marketplace emulator on to the gateway, with the token that Microsoft would send. For emulators that
 * send none. It listens on this machine only, and uses only the local authority. A call that has a token passes unchanged.
 */
export async function startWebhookTokenProxy(
  options: WebhookTokenProxyOptions,
): Promise<WebhookTokenProxy> {
  for (const url of [options.webhookUrl, options.authorityUrl]) {
    if (isLoopbackHost(new URL(url).hostname)) continue;
    throw new StartError(`The webhook proxy works only on this machine, but ${url} is not on it.`);
  }
  const token = tokenSource(options);
  const server = createServer((req, res) => {
    passOn(req, options, token).then(
      (answer) => end(res, answer),
      (error: unknown) => end(res, { status: 502, body: explain(error) }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${options.port}/webhook`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  readonly body?: string;
}

async function passOn(
  req: IncomingMessage,
  { webhookUrl }: WebhookTokenProxyOptions,
  token: () => Promise<string>,
): Promise<Answer> {
  if (req.method !== 'POST') return { status: 405, body: 'Send notifications by POST.\n' };
  const body = await readBody(req);
  if (!body) return { status: 413, body: 'The notification is larger than 64 KB.\n' };
  const { authorization = `Bearer ${await token()}`, ...headers } = req.headers;
  const encoding = headers['content-encoding'];
  const response = await fetch(webhookUrl, {
    method: 'POST',
    headers: {
      authorization,
      'content-type': headers['content-type'] ?? 'application/json',
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  await response.body?.cancel();
  return { status: response.status, retryAfter: response.headers.get('retry-after') ?? undefined };
}

/** Undefined if it is too large. */
async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** The client's token for the publisher's application, until shortly before it ends. */
function tokenSource(options: WebhookTokenProxyOptions): () => Promise<string> {
  const { authorityUrl, tenantId, marketplaceClient, audience } = options;
  let held: { readonly token: string; readonly until: number } | undefined;
  return async () => {
    if (held && held.until > Date.now()) return held.token;
    const response = await fetch(`${authorityUrl}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: marketplaceClient.clientId,
        client_secret: marketplaceClient.clientSecret,
        scope: `${audience}/.default`,
      }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`the local authority answered ${response.status}`);
    const answer = tokenAnswer.parse(await response.json());
    const token = answer.access_token;
    held = { token, until: Date.now() + answer.expires_in * 1000 - TOKEN_MARGIN_MS };
    return token;
  };
}

function end(res: ServerResponse, { status, retryAfter, body = '' }: Answer): void {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  res.writeHead(status, headers).end(body);
}

function explain(error: unknown): string {
  const reason = error instanceof Error ? error.message : 'unknown reason';
  return `The notification could not be passed on: ${reason}\n`;
}
