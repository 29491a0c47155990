import { afterAll, beforeAll, expect, test } from 'vitest';
import { INCIDENTS_PATH } from '@landfall/contracts/incident-address';
import { incidentGroups } from '@landfall/contracts/incidents';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { bootGateway, openGatewayDatabase, rawRequest, type Gateway } from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
});
afterAll(async () => {
  for (const each of [gateway, nats, database]) await each[Symbol.asyncDispose]();
});

const pages = incidentGroups.flatMap((group) => group.pages);

test('the gateway serves each incident page at the place to which its alert links', async () => {
  const { status, body, headers } = await rawRequest(gateway, INCIDENTS_PATH);

  expect(status).toBe(200);
  expect(headers['content-type']).toContain('text/html');
  for (const { anchor, alert } of pages) {
    expect(body).toContain(`<section id="${anchor}"><h3>${alert}</h3>`);
  }
  for (const [, anchor = ''] of body.matchAll(/href="#([^"]+)"/g)) {
    expect(body, anchor).toContain(`<section id="${anchor}">`);
  }
  expect(body).toContain('<code>landfall parked-tasks list</code>');
  expect(body).toContain('&lt;subscription-id&gt;');
  // Every mark of the text has become an element. A star in code is a star.
  expect(/[`*]/.exec(body.replaceAll(/<code>[^<]*<\/code>/g, ''))).toBeNull();
});

test('PostgreSQL understands every statement that a page shows', async () => {
  const texts = pages.flatMap(({ causes }) => causes.flat()).join('\n');
  const statements = [...texts.matchAll(/`(select [^`]+|show [^`]+)`/g)].map(([, sql = '']) =>
    sql.replaceAll(/<\w+>/g, '0'),
  );
  expect(statements.length).toBeGreaterThan(3);
  await using db = await openGatewayDatabase(database);

  // Some change something or need an administrator, so a query is only prepared.
  for (const [place, sql] of [...new Set(statements)].entries()) {
    await db.pool.query(sql.startsWith('show') ? sql : `prepare statement_${place} as ${sql}`);
  }
});
