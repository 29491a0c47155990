// node fastify.js
import Fastify from 'fastify';
import { nodeHandler } from '@landfall/client/receiver';
import { receive, usage } from './landfall.js';

const app = Fastify();
const handle = nodeHandler(receive);

app.register(async (scope) => {
  // Within this scope, Fastify leaves the body as it is, because the signature is about its bytes.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
  scope.post('/landfall', (request, reply) => {
    reply.hijack();
    handle(request.raw, reply.raw);
  });
});

// Your product's own work: it makes a report, which customers pay for.
app.post('/reports', async (request, reply) => {
  const { subscriptionId, reportId } = request.body;
  await usage.add({ subscriptionId, dimension: 'reports', quantity: 1, eventId: reportId });
  return reply.code(202).send();
});

await app.listen({ port: Number(process.env.PORT ?? 8080) });
