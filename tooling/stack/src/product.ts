import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  verifyDecisionRequest,
  type DecisionAnswer,
  type DecisionRequest,
} from '@landfall/client/decisions';
import type { World } from './world.ts';

/** Destinations are never removed, so each run of the demo takes up the one of the run before. */
const LABEL = 'demo: decisions';

/** The ISV's product as far as decisions go, in this process: verifies each question and answers it. */
export interface Product extends AsyncDisposable {
  readonly destinationId: string;
  readonly questions: readonly DecisionRequest[];
}

export async function openProduct(
  world: World,
  decide: (question: DecisionRequest) => DecisionAnswer | Promise<DecisionAnswer>,
): Promise<Product> {
  const questions: DecisionRequest[] = [];
  let secret = '';
  const server = createServer((request, response) => {
    const answer = async () => {
      const body = await text(request);
      const question = verifyDecisionRequest({
        headers: request.headers,
        body,
        secrets: [secret],
      });
      questions.push(question);
      response.end(JSON.stringify(await decide(question)));
    };
    answer().catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const destination = await destinationFor(world, `http://127.0.0.1:${port}/decisions`);
  secret = destination.secret;
  const { destinationId } = destination;
  return {
    destinationId,
    questions,
    async [Symbol.asyncDispose]() {
      await world.api.destinations.disable.mutate({ destinationId });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function destinationFor(
  { api }: World,
  url: string,
): Promise<{ destinationId: string; secret: string }> {
  // Events are another matter: this destination is for questions alone.
  const settings = { label: LABEL, url, types: ['ping' as const] };
  const { items } = await api.destinations.list.query({ limit: 200 });
  const known = items.find(({ label }) => label === LABEL);
  if (!known) {
    const { destination, secret } = await api.destinations.create.mutate(settings);
    return { destinationId: destination.id, secret };
  }
  const destinationId = known.id;
  await api.destinations.update.mutate({ destinationId, ...settings });
  await api.destinations.enable.mutate({ destinationId });
  const { secret } = await api.destinations.rotateSecret.mutate({ destinationId, overlapHours: 0 });
  return { destinationId, secret };
}
