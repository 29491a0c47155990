import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { within } from '@landfall/servers/wait';
import { PATIENCE_MS } from '@landfall/config/patience';
import type { Consumer, ExampleName } from './consumer.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One of the README's servers while it runs. */
export interface RunningExample extends AsyncDisposable {
  /** Posts a request signed as Landfall signs it. With `signedAs`, the signature is for another content. */
  readonly post: (content: Content, options?: { readonly signedAs: Content }) => Promise<Answer>;
  /** Ends the server, and returns what it printed. */
  readonly stop: () => Promise<string>;
}

interface Content {
  readonly id: string;
  readonly [field: string]: unknown;
}

const key = Buffer.from('a secret of thirty-two bytes, ok');

export async function startExample(
  name: ExampleName,
  { node, consumer }: { readonly node: string; readonly consumer: Consumer },
): Promise<RunningExample> {
  // `listen` also accepts the path of a socket, so no free port is needed.
  const socketPath = path.join(consumer.folder, `${randomUUID()}.sock`);
  const child = spawn(node, [`${name}.js`], {
    cwd: consumer.folder,
    env: { PORT: socketPath, LANDFALL_SECRET: `whsec_${key.toString('base64')}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = text(child.stdout);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    return printed;
  };
  const isUp = () => {
    if (child.exitCode !== null) throw new Error(`${name}.js has ended`);
    return send(socketPath, {}, '').catch(() => undefined);
  };
  if (!(await within(PATIENCE_MS, isUp))) throw new Error(`${name}.js does not listen`);
  return {
    post: (content, options) => {
      const body = JSON.stringify(content);
      const signed = JSON.stringify(options?.signedAs ?? content);
      return send(socketPath, headersOf(content.id, signed), body);
    },
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** Signs as Standard Webhooks 1.0 describes, written independently of the client and the service. */
function headersOf(id: string, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${digest}`,
  };
}

async function send(
  socketPath: string,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  const sent = request({ socketPath, method: 'POST', headers });
  sent.end(body);
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, body: await text(response) };
}
