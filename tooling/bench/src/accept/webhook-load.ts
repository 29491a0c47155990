import { randomBytes, randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { quantile } from '../harness/statistics.ts';

/** What the process that calls a webhook has to do. */
export interface WebhookLoad {
  readonly url: string;
  readonly token: string;
  /** Connections that stay open, each with one call at a time. */
  readonly callers: number;
  readonly seconds: number;
  /** One in this many calls repeats the notification of the call before, as Microsoft's retries do. 0 if none does. */
  readonly repeatEvery: number;
}

export interface WebhookLoadResult {
  /** Answers by status. */
  readonly answers: Readonly<Record<string, number>>;
  /** Different notifications that were answered 200. */
  readonly accepted: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuSeconds: number;
}

/** Subscriptions that the notifications are about. */
const SUBSCRIPTIONS = 10_000;
const RANDOM_POOL_BYTES = 64 * 1024;
const UUID_BYTES = 16;
/** Longer than the headers and the body of any answer. */
const RECEIVE_BYTES = 16 * 1024;
const CPU_MICROS = 1_000_000;

/** Brings the body to 2 KB, the size of Microsoft's. */
const PLAN_DETAILS = [
  'Reports can be shared with guests, embedded in Teams and SharePoint, and exported as CSV, Excel or Parquet by schedule',
  'Growth: dashboards for up to 50 analysts, hourly refresh, 13 months of history, single sign-on with Entra ID',
  'Includes 10,000 queries a month and 200 GB of storage; further queries are metered by the dimension query-pack',
  'Support on working days from 8 to 18 h CET with a first answer within four hours; status page and webhooks',
  'Data stays in the region that was chosen at the activation: West Europe, North Europe, East US 2 or Australia',
  'Seats can be changed at any time; a lower number takes effect with the next term. Cancel until the renewal day',
];

/** A notification as Microsoft sends it. Renewals need no decision. */
export function notificationBody(operationId: string, subscriptionId: string): string {
  const party = (kind: string, tail: string) => ({
    emailId: `${kind}@customer.example`,
    objectId: `0b0b0b0b-0000-4000-8000-00000000000${tail}`,
    tenantId: `7e7e7e7e-0000-4000-8000-00000000000${tail}`,
    puid: '10032001A9DCA8F1',
  });
  return JSON.stringify({
    id: operationId,
    activityId: '6f1c4c9a-9f0e-4f4e-9a43-6a2a2f3a8d57',
    publisherId: 'contoso',
    offerId: 'analytics-preview',
    planId: 'growth-monthly',
    quantity: 25,
    subscriptionId,
    timeStamp: '2026-02-10T18:48:58.4449937Z',
    action: 'Renew',
    status: 'Succeeded',
    operationRequestSource: 'Azure',
    subscription: {
      id: subscriptionId,
      name: 'Contoso Analytics for Fabrikam',
      publisherId: 'contoso',
      offerId: 'analytics-preview',
      planId: 'growth-monthly',
      quantity: 25,
      beneficiary: party('ada.lovelace', '1'),
      purchaser: party('grace.hopper', '2'),
      allowedCustomerOperations: ['Delete', 'Update', 'Read'],
      sessionMode: 'None',
      isFreeTrial: false,
      isTest: false,
      sandboxType: 'None',
      saasSubscriptionStatus: 'Subscribed',
      term: {
        startDate: '2026-02-10T00:00:00Z',
        endDate: '2027-02-09T00:00:00Z',
        termUnit: 'P1Y',
        chargeDuration: null,
      },
      autoRenew: true,
      created: '2025-02-10T17:32:11.1234567Z',
      lastModified: '2026-02-10T18:48:58.4449937Z',
      planDetails: PLAN_DETAILS,
    },
    purchaseToken: null,
  });
}

if (process.send) {
  process.on('message', (load: WebhookLoad) => {
    run(load).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** Sends prepared bytes in which only the ids change, so that the load costs as little as it can. */
async function run({ url, token, callers, seconds, repeatEvery }: WebhookLoad) {
  const tally: Tally = { answers: {}, accepted: 0, tookMs: [] };
  const ids = { operations: randomIds(), subscriptions: subscriptionIds() };
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  const message = { url: new URL(url), token };
  await Promise.all(
    Array.from({ length: callers }, () =>
      callUntil({ request: requestBytes(message), ids, repeatEvery, until, tally }),
    ),
  );
  const { user, system } = process.cpuUsage(cpu);
  return {
    answers: tally.answers,
    accepted: tally.accepted,
    seconds: (performance.now() - startedAt) / 1000,
    p50: quantile(tally.tookMs, 0.5),
    p99: quantile(tally.tookMs, 0.99),
    cpuSeconds: (user + system) / CPU_MICROS,
  } satisfies WebhookLoadResult;
}

interface Tally {
  readonly answers: Record<string, number>;
  accepted: number;
  readonly tookMs: number[];
}

interface RequestBytes {
  readonly url: URL;
  readonly bytes: Buffer;
  readonly operationAt: readonly number[];
  readonly subscriptionAt: readonly number[];
}

interface Caller {
  readonly request: RequestBytes;
  readonly ids: { readonly operations: () => string; readonly subscriptions: () => string };
  readonly repeatEvery: number;
  readonly until: number;
  readonly tally: Tally;
}

/** One caller: sends the next call as soon as the answer to the last one is complete. */
function callUntil({ request, ids, repeatEvery, until, tally }: Caller): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let text = '';
  let sentAt = 0;
  let calls = 0;
  let isRepeat = false;
  const next = (socket: Socket): void => {
    const now = performance.now();
    if (now >= until) {
      socket.destroy();
      return resolve();
    }
    calls += 1;
    isRepeat = repeatEvery > 0 && calls % repeatEvery === 0;
    if (!isRepeat) {
      patch(request.bytes, request.operationAt, ids.operations());
      patch(request.bytes, request.subscriptionAt, ids.subscriptions());
    }
    sentAt = now;
    socket.write(request.bytes);
  };
  const onAnswer = (socket: Socket): void => {
    const status = text.slice(9, 12);
    tally.answers[status] = (tally.answers[status] ?? 0) + 1;
    tally.tookMs.push(performance.now() - sentAt);
    if (status === '200' && !isRepeat) tally.accepted += 1;
    const mustClose = /\r\nconnection: close\r\n/i.test(text);
    text = '';
    if (!mustClose) return next(socket);
    socket.destroy();
    open();
  };
  const open = (): void => {
    const buffer = Buffer.allocUnsafe(RECEIVE_BYTES);
    const socket: Socket = connect({
      host: request.url.hostname,
      port: Number(request.url.port),
      noDelay: true,
      onread: {
        buffer,
        callback(size) {
          text += buffer.toString('latin1', 0, size);
          if (isComplete(text)) onAnswer(socket);
          return true;
        },
      },
    });
    socket.on('connect', () => next(socket));
    socket.on('error', reject);
    socket.on('end', () => reject(new Error('the server closed a connection during a call')));
  };
  open();
  return promise;
}

function isComplete(text: string): boolean {
  const headersEnd = text.indexOf('\r\n\r\n');
  if (headersEnd < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (length === undefined) return text.endsWith('\r\n\r\n');
  return text.length >= headersEnd + 4 + Number(length);
}

function requestBytes({ url, token }: { readonly url: URL; readonly token: string }): RequestBytes {
  const [operation, subscription] = [randomUUID(), randomUUID()];
  const body = notificationBody(operation, subscription);
  const head = [
    `POST ${url.pathname} HTTP/1.1`,
    `Host: ${url.host}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'User-Agent: Microsoft-Marketplace',
    'x-ms-requestid: 5b1f8f7c-3c1c-4f5e-9f53-3e3f1c8a8f11',
    'x-ms-correlationid: 0f0c8f1e-6a0f-4a5d-8d52-b4f3c1d5ce22',
  ];
  const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  return {
    url,
    bytes,
    operationAt: placesOf(bytes, operation),
    subscriptionAt: placesOf(bytes, subscription),
  };
}

function placesOf(bytes: Buffer, text: string): number[] {
  const places = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at);
  return places;
}

function patch(bytes: Buffer, places: readonly number[], id: string): void {
  for (const at of places) bytes.write(id, at, 'latin1');
}

/** Random GUIDs, as Microsoft's are: their place in an index is random too. */
function randomIds(): () => string {
  let pool = randomBytes(RANDOM_POOL_BYTES);
  let at = 0;
  return () => {
    if (at + UUID_BYTES > pool.length) {
      pool = randomBytes(RANDOM_POOL_BYTES);
      at = 0;
    }
    const hex = pool.toString('hex', at, (at += UUID_BYTES));
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
}

function subscriptionIds(): () => string {
  const next = randomIds();
  const all = Array.from({ length: SUBSCRIPTIONS }, next);
  let at = 0;
  return () => all[(at = (at + 1) % SUBSCRIPTIONS)] ?? '';
}
