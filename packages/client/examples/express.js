// node express.js
import express from 'express';
import { nodeHandler } from '@landfall/client/receiver';
import { receive, usage } from './landfall.js';

const app = express();

// Before express.json(), which would read the body that the signature is about.
app.post('/landfall', nodeHandler(receive));

app.use(express.json());

// Your product's own work: it makes a report, which customers pay for.
app.post('/reports', async (request, response) => {
  const { subscriptionId, reportId } = request.body;
  await usage.add({ subscriptionId, dimension: 'reports', quantity: 1, eventId: reportId });
  response.sendStatus(202);
});

app.listen(Number(process.env.PORT ?? 8080));
