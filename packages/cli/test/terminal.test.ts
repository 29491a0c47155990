import { once } from 'node:events';
import { statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { createCatalogue } from '../scripts/catalogue.ts';
import { run } from '../src/program.ts';
import { openTerminal } from '../src/terminal.ts';

/** What the server was asked: method and path, with the body. */
let asked: string[];
let server: Server;
let folder: string;
let env: Record<string, string>;

const items = [
  {
    id: '37f9dea2-4345-438f-b0bd-03d40d28c7e0',
    status: 'Subscribed',
    name: '\u001B[31mTeam\u0007 desk',
  },
];

const alerts = {
  firing: [
    {
      alert: 'BuyersTurnedAway',
      service: 'landing',
      severity: 'critical',
      since: '2026-11-20T10:00:00.000Z',
      value: 7,
      unit: 'count',
      labels: { publisher: 'contoso' },
      meaning: 'Buyers and subscribers see a page that asks them to come back later.',
      nextStep: 'Run landfall doctor and look at the other alerts, then read the logs of landing.',
      incidentPage: 'https://landfall.contoso.example/docs/incidents#buyers-turned-away',
    },
  ],
  services: [
    { service: 'landing', answers: true },
    { service: 'billing-sync', answers: false },
  ],
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cli-terminal-'));
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(`${request.method} ${request.url} ${body}`.trim());
      response.setHeader('content-type', 'application/json');
      const isAlerts = request.url?.startsWith('/v1/alerts') === true;
      if (isAlerts) return response.end(JSON.stringify(alerts));
      return response.end(
        JSON.stringify({ items, id: 'k1', label: 'product', matched: 3, replayed: 0 }),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  env = { LANDFALL_URL: `http://127.0.0.1:${port}`, LANDFALL_API_KEY: 'lf_a_b' };
});
afterAll(async () => {
  server?.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  asked = [];
});

/** Runs a command on a terminal of 60 columns, on which a person gives an answer. */
async function onTerminal(
  args: readonly string[],
  {
    answer,
    hasColour = false,
    noKey = false,
  }: { answer?: string; hasColour?: boolean; noKey?: boolean } = {},
) {
  const stream = () => Object.assign(new PassThrough(), { isTTY: true, columns: 60 });
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  const printed = { stdout: '', stderr: '' };
  stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const surroundings = {
    env: noKey ? { XDG_CONFIG_HOME: folder } : { ...env, XDG_CONFIG_HOME: folder },
    home: folder,
    folder,
  };
  const ending = run(args, {
    terminal: openTerminal({ stdin, stdout, stderr }, hasColour),
    surroundings,
    catalogue: createCatalogue,
  });
  if (answer !== undefined) {
    await until('it asks', () => /\[y\/N\]|not shown/.test(printed.stderr));
    stdin.write(`${answer}\n`);
  }
  const code = await ending;
  return { code, ...printed };
}

const replay = ['notifications', 'replay', '--action', 'Renew', '--requested-by', 'ada'];
const body = (dryRun: boolean) => JSON.stringify({ requestedBy: 'ada', action: 'Renew', dryRun });

test('a command that needs a confirmation first shows what would happen, and no changes nothing', async () => {
  const { code, stderr } = await onTerminal(replay, { answer: 'n' });

  expect(code).toBe(1);
  expect(stderr).toMatch(/This would happen:\n(.*\n)* +matched +3\n/);
  expect(stderr).toContain('Nothing was changed.');
  expect(asked).toEqual([`POST /v1/notifications/replay ${body(true)}`]);
});

test('yes carries it out', async () => {
  const { code } = await onTerminal(replay, { answer: 'y' });

  expect(code).toBe(0);
  expect(asked.at(-1)).toBe(`POST /v1/notifications/replay ${body(false)}`);
});

test('a table has colour on a terminal, fits into its width, and keeps control characters of names out', async () => {
  const { stdout } = await onTerminal(['subscriptions', 'list'], { hasColour: true });
  const plain = await onTerminal(['subscriptions', 'list']);

  expect(stdout).toContain('\u001B[1mID');
  expect(stdout).not.toContain('\u001B[31m');
  expect(stdout).not.toContain('\u0007');
  expect(plain.stdout).not.toContain('\u001B');
  for (const line of plain.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
});

test('an alert is shown with its full next step and incident page, however narrow the terminal is', async () => {
  const { code, stdout } = await onTerminal(['alerts', 'list']);
  const [alert] = alerts.firing;

  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^critical BuyersTurnedAway\n {2}landing, since 2026-11-20 .+, 7, publisher: contoso\n/,
  );
  expect(stdout).toContain(`\n  ${alert?.meaning}\n  Next step: ${alert?.nextStep}\n`);
  expect(stdout).toContain(`\n  Causes and fixes: ${alert?.incidentPage}\n`);
  expect(stdout).toMatch(/\nNo answer from billing-sync\.\n$/);
  const asJson = await onTerminal(['alerts', 'list', '--json']);
  expect(JSON.parse(asJson.stdout)).toEqual(alerts);
});

test('login checks the key, does not show it, and stores it where only its owner can read it', async () => {
  const login = ['login', '--url', env['LANDFALL_URL'] ?? ''];
  const { code, stdout, stderr } = await onTerminal(login, {
    answer: 'lf_k1_secret',
    noKey: true,
  });

  const file = path.join(folder, 'landfall', 'profiles.json');
  expect(code).toBe(0);
  expect(asked).toEqual(['GET /v1/me']);
  expect(stdout + stderr).not.toContain('lf_k1_secret');
  expect(stderr).toContain('as product (key k1)');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain('lf_k1_secret');
});
