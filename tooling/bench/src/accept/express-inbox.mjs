import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import pg from 'pg';
import { z } from 'zod';

/**
 * What a developer would usually write instead of webhook-ingest: an Express handler that verifies the token with jose, parses the body
 * with zod, and inserts one row per call with a prepared statement. Runs as a process of its own.
 */
const { DATABASE_URL = '', KEYS_URL = '', ISSUER = '', AUDIENCE = '' } = process.env;

const notification = z.object({
  id: z.uuid(),
  subscriptionId: z.uuid(),
  action: z.string(),
  planId: z.string().optional(),
  quantity: z.number().nullable().optional(),
  status: z.string(),
  timeStamp: z.string(),
  subscription: z.looseObject({ id: z.string() }).optional(),
});

const keys = createRemoteJWKSet(new URL(KEYS_URL));
const pool = new pg.Pool({ connectionString: DATABASE_URL });
const app = express();
app.use(express.text({ type: 'application/json' }));
// oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 handles rejected promises.
app.post('/webhook', async (request, response) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  await jwtVerify(token, keys, { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS256'] });
  const body = String(request.body);
  const { id, subscriptionId, action } = notification.parse(JSON.parse(body));
  await pool.query({
    name: 'insert',
    text: 'insert into inbox (dedupe_key, body) values ($1, $2) on conflict do nothing',
    values: [`${subscriptionId}:${id}:${action}`, body],
  });
  response.sendStatus(200);
});
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  process.send?.({ url: `http://127.0.0.1:${port}` });
});
process.on('disconnect', () => process.exit());
