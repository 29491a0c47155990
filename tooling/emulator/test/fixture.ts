import { gunzipSync } from 'node:zlib';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MARKETPLACE_APPLICATION_ID } from '../src/market/constants.ts';
import type { PurchaseInput } from '../src/control/contract.ts';
import { startEmulator, type Emulator, type EmulatorOptions } from '../src/emulator.ts';

export const ADA = 'ada@fabrikam.example';
export const TARA = 'tara@tailspin.example';
export const SAM = 'sam@adventure-works.example';

export interface Notification {
  readonly body: Record<string, unknown>;
  readonly headers: IncomingHttpHeaders;
}

/**
 * A publisher's webhook whose answers the test chooses: a status, or null to cut the connection.
 */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Notification[];
  answer: (notification: Notification) => number | null | Promise<number | null>;
}

export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const isPacked = request.headers['content-encoding'] === 'gzip';
      const text = (isPacked ? gunzipSync(sent) : sent).toString('utf8');
      const body = JSON.parse(text) as Record<string, unknown>;
      const notification = { body, headers: request.headers };
      receiver.received.push(notification);
      void Promise.resolve(receiver.answer(notification)).then((status) => {
        if (status === null) request.socket.destroy();
        else response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    received: [],
    answer: () => 200,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, or undefined. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests name the fields they expect
  readonly json: any;
}

export interface Api {
  (
    method: string,
    path: string,
    options?: {
      body?: unknown;
      headers?: Record<string, string | undefined>;
      version?: string | null;
      signal?: AbortSignal;
    },
  ): Promise<Answer>;
}

export interface Fixture extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly receiver: Receiver;
  readonly api: Api;
  /** Empties the marketplace and freezes its clock. */
  fresh(): Promise<void>;
  /** Buys and activates; returns the subscription's id. */
  subscribed(order?: Partial<PurchaseInput>): Promise<string>;
}

export async function startFixture(options: EmulatorOptions = {}): Promise<Fixture> {
  const receiver = await startReceiver();
  const emulator = await startEmulator({
    webhookUrl: receiver.url,
    landingUrl: 'http://127.0.0.1:9/landing',
    ...options,
  });
  const { control } = emulator;
  const token = await fulfillmentToken(emulator);
  const api = createApi(emulator, token);
  return {
    emulator,
    receiver,
    api,
    async fresh() {
      await control.reset();
      await control.setClock({ frozen: true });
      receiver.received.length = 0;
      receiver.answer = () => 200;
    },
    async subscribed(order = {}) {
      const bought = await control.purchase({
        offerId: 'teamdesk',
        planId: 'standard',
        quantity: 10,
        beneficiary: ADA,
        ...order,
      });
      const { status } = await api('POST', `/saas/subscriptions/${bought.subscriptionId}/activate`);
      if (status !== 200) throw new Error(`activate answered ${status}`);
      await control.advance(1500);
      receiver.received.length = 0;
      return bought.subscriptionId;
    },
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

export async function requestToken(
  emulator: Emulator,
  form: Record<string, string>,
  path = `${emulator.identities.publisher.tenantId}/oauth2/v2.0/token`,
): Promise<Answer> {
  const response = await fetch(`${emulator.authorityUrl}/${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return read(response);
}

export async function fulfillmentToken(emulator: Emulator): Promise<string> {
  const { clientId, clientSecret } = emulator.identities.fulfillmentApp;
  const answer = await requestToken(emulator, {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${MARKETPLACE_APPLICATION_ID}/.default`,
  });
  return answer.json.access_token as string;
}

export function createApi(emulator: Emulator, token: string): Api {
  return async (method, path, { body, headers, signal, version = '2018-08-31' } = {}) => {
    const url = new URL(`${emulator.marketplaceBaseUrl}${path}`);
    if (version !== null) url.searchParams.set('api-version', version);
    const sent: Record<string, string | undefined> = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...headers,
    };
    const present = Object.entries(sent).filter((entry): entry is [string, string] => !!entry[1]);
    return read(
      await fetch(url, {
        method,
        headers: Object.fromEntries(present),
        ...(signal && { signal }),
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
  };
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
