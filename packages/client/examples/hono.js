// node hono.js
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { receive, usage } from './landfall.js';

const app = new Hono();

app.post('/landfall', (context) => receive(context.req.raw));

// Your product's own work: it makes a report, which customers pay for.
app.post('/reports', async (context) => {
  const { subscriptionId, reportId } = await context.req.json();
  await usage.add({ subscriptionId, dimension: 'reports', quantity: 1, eventId: reportId });
  return context.body(null, 202);
});

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 8080) });
