import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { quantile } from '../harness/statistics.ts';

/** Calls of one HTTP address from a process of its own. */
export interface CallLoad {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `{n}` becomes a number that no other call of the run has. */
  readonly body: string;
  /** Connections that stay open, each with one call at a time. */
  readonly callers: number;
  readonly seconds: number;
  /** Every answer must be 200 and contain this. */
  readonly expected: string;
}

export interface CallTimes {
  readonly calls: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

/** Throws unless every call got the expected answer. */
export async function callOver(load: CallLoad): Promise<CallTimes> {
  const child = fork(fileURLToPath(import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    child.send(load);
    const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
      { readonly times?: CallTimes; readonly error?: string } | number | null,
    ];
    if (typeof answer === 'object' && answer?.times) return answer.times;
    throw new Error(`the calls failed: ${typeof answer === 'object' ? answer?.error : answer}`);
  } finally {
    child.kill();
  }
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.on('message', (load: CallLoad) => {
    run(load).then(
      (times) => process.send?.({ times }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}

async function run(load: CallLoad): Promise<CallTimes> {
  const tookMs: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + load.seconds * 1000;
  const next = requestsOf(load);
  const one = () => callUntil({ load, next, until, tookMs });
  await Promise.all(Array.from({ length: load.callers }, one));
  return {
    calls: tookMs.length,
    seconds: (performance.now() - startedAt) / 1000,
    p50: quantile(tookMs, 0.5),
    p99: quantile(tookMs, 0.99),
  };
}

/** The returned function returns the text of the next request. */
function requestsOf({ url, method, path, headers, body }: CallLoad): () => string {
  const { host } = new URL(url);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n`;
  let number = 0;
  return () => {
    if (method === 'GET') return `${head}\r\n`;
    const text = body.replaceAll('{n}', String((number += 1)));
    return `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };
}

/** One caller: sends the next call as soon as the answer to the last one is complete. */
function callUntil(caller: {
  readonly load: CallLoad;
  readonly next: () => string;
  readonly until: number;
  readonly tookMs: number[];
}): Promise<void> {
  const { load, next, until, tookMs } = caller;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { hostname, port } = new URL(load.url);
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let text = '';
  let sentAt = 0;
  const send = (): void => {
    sentAt = performance.now();
    if (sentAt < until) return void socket.write(next());
    socket.destroy();
    resolve();
  };
  socket.on('connect', send);
  socket.on('error', reject);
  socket.on('end', () => reject(new Error('the server closed a connection during a call')));
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    if (!isComplete(text)) return;
    if (text.slice(9, 12) !== '200' || !text.includes(load.expected)) {
      return reject(new Error(`an unexpected answer: ${text.slice(0, 600)}`));
    }
    tookMs.push(performance.now() - sentAt);
    text = '';
    send();
  });
  return promise;
}

function isComplete(text: string): boolean {
  const headersEnd = text.indexOf('\r\n\r\n');
  if (headersEnd < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (length === undefined) return text.endsWith('\r\n0\r\n\r\n');
  return text.length >= headersEnd + 4 + Number(length);
}
