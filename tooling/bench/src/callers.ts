import { Agent, request } from 'node:http';

/** What one call sends. `body` is JSON text. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Times {
  readonly tookMs: readonly number[];
  readonly totalMs: number;
}

export interface Callers extends AsyncDisposable {
  /** Sends `calls` requests, `width` at a time, each on a connection that stays open. */
  run(next: () => Sent, size: { readonly calls: number; readonly width: number }): Promise<Times>;
}

/** HTTP callers that do as little as possible, so that their own work hardly counts. */
export function openCallers(url: string, headers: Readonly<Record<string, string>>): Callers {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const { hostname, port } = new URL(url);
  const call = ({ method, path, body = '', headers: more = {} }: Sent) =>
    new Promise<number>((resolve, reject) => {
      const startedAt = performance.now();
      const content = body === '' ? {} : { 'content-type': 'application/json' };
      const length = { 'content-length': Buffer.byteLength(body) };
      const sent = request(
        {
          hostname,
          port,
          path,
          method,
          agent,
          headers: { ...headers, ...content, ...length, ...more },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('error', reject);
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            if (response.statusCode === 200) return resolve(performance.now() - startedAt);
            const answer = Buffer.concat(chunks).toString().slice(0, 500);
            reject(new Error(`${method} ${path} answered ${response.statusCode}: ${answer}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    async run(next, { calls, width }) {
      const tookMs: number[] = [];
      let left = calls;
      const startedAt = performance.now();
      const work = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          tookMs.push(await call(next()));
        }
      };
      await Promise.all(Array.from({ length: width }, work));
      return { tookMs, totalMs: performance.now() - startedAt };
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
    },
  };
}

/** p50, p99 and calls a second over all rounds. */
export function summary(rounds: readonly Times[]): string {
  const sorted = rounds.flatMap(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  const totalMs = rounds.reduce((sum, round) => sum + round.totalMs, 0);
  const rate = Math.round((sorted.length / totalMs) * 1000);
  return `p50 ${at(0.5).padStart(6)} ms   p99 ${at(0.99).padStart(6)} ms   ${String(rate).padStart(5)}/s`;
}
