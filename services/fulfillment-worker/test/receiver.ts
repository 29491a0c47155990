import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ProductEvent } from '@landfall/contracts/product-events';

export interface Receipt {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: ProductEvent;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The ISV's receiver: it stores what it gets and replies as the test sets. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly receipts: readonly Receipt[];
  /** The reply to each post. A promise that never settles is a receiver that hangs. */
  reply: (receipt: Receipt) => Reply | Promise<Reply>;
}

export async function openReceiver(): Promise<Receiver> {
  const receipts: Receipt[] = [];
  const server = createServer((request, response) => {
    const answer = async () => {
      const body = await text(request);
      const receipt = { headers: request.headers, body, event: JSON.parse(body) as ProductEvent };
      receipts.push(receipt);
      const { status, headers, body: reply } = await receiver.reply(receipt);
      response.writeHead(status, headers).end(reply);
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/events`,
    receipts,
    reply: () => ({ status: 204 }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
