import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { DecisionRequest } from '@landfall/contracts/decision-request';

export interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly question: DecisionRequest;
}

/** The ISV's product for decisions: it stores the questions and answers as the test sets. */
export interface Product extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Body of the answer, or a status. A promise that never settles is a product that hangs. */
  answer: (asked: Asked) => unknown;
  about(operationId: string): Asked[];
}

export async function openProduct(): Promise<Product> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const reply = async () => {
      const body = await text(request);
      const question = JSON.parse(body) as DecisionRequest;
      const one = { headers: request.headers, body, question };
      asked.push(one);
      const answer = await product.answer(one);
      if (typeof answer === 'number') response.writeHead(answer).end();
      else response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    };
    reply().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const product: Product = {
    url: `http://127.0.0.1:${port}/decisions`,
    asked,
    answer: () => ({ answer: 'accept' }),
    about: (operationId) => asked.filter(({ question }) => question.operationId === operationId),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return product;
}
