import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const DAY_LENGTH = '2026-11-29'.length;

interface UsageEvent {
  readonly resourceId: string;
  readonly dimension: string;
  readonly planId: string;
  readonly quantity: number;
  readonly effectiveStartTime: string;
}

export interface MeteringServer extends AsyncDisposable {
  readonly baseUrl: string;
  /** Calls and rows so far, and the sum of their quantities. */
  readonly counts: { calls: number; rows: number; units: number };
}

/**
 * Accepts every row as fast as Node can, and reports the sums of each day. Quantities of the benchmark are whole numbers.
 * Does not check tokens, and does not look for duplicates.
 */
export async function startMeteringServer(): Promise<MeteringServer> {
  const counts = { calls: 0, rows: 0, units: 0 };
  const days = new Map<string, { event: UsageEvent; units: number; rows: number }>();
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    const url = new URL(request.url ?? '/', baseUrl);
    if (url.pathname.endsWith('/usageEvents')) return void response.end(report(url));
    void accept(request).then((answer) => response.end(answer));
  });
  const accept = async (request: IncomingMessage): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { request: UsageEvent[] };
    counts.calls += 1;
    const result = body.request.map((event) => {
      counts.rows += 1;
      counts.units += event.quantity;
      const key = [event.resourceId, event.dimension, event.planId, dayOf(event)].join('|');
      const day = days.get(key) ?? { event, units: 0, rows: 0 };
      days.set(key, { event, units: day.units + event.quantity, rows: day.rows + 1 });
      return accepted(event);
    });
    return JSON.stringify({ count: result.length, result });
  };
  const report = (url: URL): string => {
    const from = (url.searchParams.get('usageStartDate') ?? '').slice(0, DAY_LENGTH);
    const to = (url.searchParams.get('UsageEndDate') ?? '9999').slice(0, DAY_LENGTH);
    const rows = [...days.values()].filter(
      ({ event }) => from <= dayOf(event) && dayOf(event) <= to,
    );
    return JSON.stringify(
      rows.map(({ event, units, rows: submittedCount }) => ({
        usageDate: `${dayOf(event)}T00:00:00Z`,
        usageResourceId: event.resourceId,
        dimension: event.dimension,
        planId: event.planId,
        reconStatus: 'Accepted',
        submittedQuantity: units,
        processedQuantity: units,
        submittedCount,
      })),
    );
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  return {
    baseUrl,
    counts,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function dayOf({ effectiveStartTime }: UsageEvent): string {
  return effectiveStartTime.slice(0, DAY_LENGTH);
}

function accepted(event: UsageEvent) {
  const messageTime = new Date().toISOString();
  return { ...event, usageEventId: crypto.randomUUID(), status: 'Accepted', messageTime };
}
