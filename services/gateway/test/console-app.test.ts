import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '@landfall/emulator/emulator';
import { freePort } from '@landfall/servers/ports';
import { testDatabase, testNats } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import type { Db } from '../src/db/schema.ts';
import { Browser } from './browser.ts';
import { bootGateway, openGatewayDatabase, rawRequest, type Gateway } from './fixture.ts';

const SCRIPT = 'console.log("the app");'.repeat(20);

let resources: AsyncDisposableStack;
let folder: string;
let gateway: Gateway;
let emulator: Emulator;
let db: Db;

beforeAll(async () => {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await testDatabase({ services: ['gateway'] }));
  const nats = opened.use(await testNats());
  emulator = opened.use(await startEmulator());
  folder = mkdtempSync(path.join(tmpdir(), 'landfall-console-'));
  opened.defer(() => rmSync(folder, { recursive: true }));
  build('the first build');
  const port = await freePort();
  gateway = opened.use(
    await bootGateway(
      { database, nats },
      {
        HTTP_PORT: String(port),
        PUBLIC_URL: `http://127.0.0.1:${port}`,
        ENTRA_AUTHORITY_URL: emulator.authorityUrl,
        CONSOLE_CLIENT_ID: emulator.identities.consoleApp?.clientId ?? '',
        CONSOLE_CLIENT_SECRET: emulator.identities.consoleApp?.clientSecret ?? '',
        CONSOLE_TENANT_ID: emulator.identities.publisher.tenantId,
        CONSOLE_FOLDER: folder,
      },
    ),
  );
  db = opened.use(await openGatewayDatabase(database));
  resources = opened.move();
});
afterAll(() => resources.disposeAsync());

/** Writes what a build of the app writes. */
function build(title: string): void {
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  const file = (name: string, content: string | Buffer) =>
    writeFileSync(path.join(folder, name), content);
  file('index.html', `<!doctype html><title>${title}</title>`);
  file('assets/main-4f1d09c2.js', SCRIPT);
  file('assets/main-4f1d09c2.js.br', brotliCompressSync(SCRIPT));
  file('assets/main-4f1d09c2.js.gz', gzipSync(SCRIPT));
  file('assets/small-1b2c3d4e.css', 'b{}');
  file('badge.svg', '<svg/>');
  file('notes.txt', 'not for the web');
}

/** A person with a session, whose browser is at the app. */
async function signedIn(email: string, to = '/console') {
  const visitor = new Browser(gateway);
  const begin = `/console/sign-in/start?account=other&to=${encodeURIComponent(to)}`;
  const at = await visitor.signIn(email, begin);
  const cookie = `__Host-landfall-console=${visitor.cookie('__Host-landfall-console')}`;
  return { visitor, cookie, ...at };
}

const get = (address: string, headers: Record<string, string> = {}) =>
  fetch(new URL(address, gateway.url), { headers, redirect: 'manual' });

describe('the document of the app', () => {
  test.each(['/console', '/console/', '/console/subscriptions/4f1d?tab=usage', '/console/pages/a'])(
    'is answered to a signed-in person at %s, with a strict policy',
    async (address) => {
      const { cookie } = await signedIn('vera@contoso.example');

      const answer = await get(address, { cookie });

      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('build</title>');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*/);
    },
  );

  test('is not answered to a stranger, who is sent to the sign-in', async () => {
    const answer = await get('/console/matters?state=open&kind=a%26b');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(
      `/console/sign-in?to=${encodeURIComponent('/console/matters?state=open&kind=a%26b')}`,
    );
    expect((await get('/console/index.html')).status).toBe(404);
  });

  test('is the page that the person wanted before the sign-in', async () => {
    const visitor = new Browser(gateway);
    const { page, url } = await visitor.open('/console/matters?state=open');
    const [, start = ''] = /href="(\/console\/sign-in\/start[^"]*)"/.exec(page) ?? [];
    expect(url.pathname).toBe('/console/sign-in');

    const back = await visitor.signIn('vera@contoso.example', start.replaceAll('&amp;', '&'));

    expect(back.url.pathname + back.url.search).toBe('/console/matters?state=open');
    expect(back.page).toContain('build</title>');
  });

  test('comes from a new build without a restart', async () => {
    const { cookie } = await signedIn('vera@contoso.example');
    const before = (await get('/console', { cookie })).headers.get('etag') ?? '';
    expect((await get('/console', { cookie, 'if-none-match': before })).status).toBe(304);

    build('the second build');

    const after = await get('/console', { cookie, 'if-none-match': before });
    expect(await after.text()).toContain('the second build');
  });

  test('is not answered to a person whose last role was taken away', async () => {
    const { cookie, visitor } = await signedIn('otto@contoso.example');
    await db.kysely.deleteFrom('operators').execute();

    await until('the session has no role', async () => {
      const answer = await get('/console', { cookie });
      return answer.status === 403 && (await answer.text()).includes('You have no role yet');
    });

    expect((await visitor.open('/console/sign-in')).page).toContain('Sign in with Microsoft');
  });

  test('is replaced by the command that builds it where it was never built', async () => {
    const { cookie } = await signedIn('vera@contoso.example');
    rmSync(path.join(folder, 'index.html'));

    const answer = await get('/console/keys', { cookie });

    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('npm run build');
    build('built again');
  });
});

describe('after the sign-in', () => {
  test.each([
    'https://evil.example/console',
    '//evil.example/console',
    '/\\evil.example/console',
    '/console/../landing',
    '/consoles',
    '/landing',
    'javascript:alert(1)',
    '/console/sign-in?to=/console/sign-in',
    '/console/sign-in/start',
    `/console/${'a'.repeat(2_000)}`,
  ])('a person who began with %s is on the first page of the console', async (to) => {
    expect((await signedIn('vera@contoso.example', to)).url.pathname).toBe('/console');
  });

  test('the sign-in page leads on at once', async () => {
    const { visitor } = await signedIn('vera@contoso.example');
    const at = await visitor.open('/console/sign-in?to=/console/audit');
    expect(at.url.pathname).toBe('/console/audit');
    expect((await visitor.open('/console/sign-in?to=//evil.example')).url.origin).toBe(gateway.url);
  });
});

test('a link with a hint for Entra does not sign anyone in with a real marketplace', async () => {
  const { loginHint } = await emulator.control.signInHint('alma@contoso.example');
  const { url } = await new Browser(gateway).open(`/console/sign-in/start?hint=${loginHint}`);
  expect(url.origin).toBe(new URL(emulator.authorityUrl).origin);
  expect(url.searchParams.get('login_hint')).toBeNull();
});

describe('a file of the app', () => {
  const asset = '/console/assets/main-4f1d09c2.js';

  test.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['gzip', 'gzip, br;q=0', gunzipSync],
    [undefined, 'identity', (body: Buffer) => body],
  ])(
    'comes compressed with %s, and browsers keep it for a year',
    async (coding, accepted, open) => {
      const answer = await rawBytes(asset, accepted);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
        'x-content-type-options': 'nosniff',
      });
      expect(answer.headers['content-encoding']).toBe(coding);
      expect(open(answer.body).toString()).toBe(SCRIPT);
    },
  );

  test.each([
    '/console/assets/main-00000000.js',
    '/console/assets/',
    '/console/assets/main-4f1d09c2.js.br',
    '/console/assets/..%2findex.html',
    '/console/assets/%2e%2e/index.html',
    '/console/assets//etc/passwd',
    '/console/notes.txt',
    '/console/missing.svg',
  ])('that does not exist is answered 404 and not with the document: %s', async (address) => {
    const { cookie } = await signedIn('vera@contoso.example');
    const answer = await rawRequest(gateway, address, { headers: { cookie } });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('build</title>');
  });

  test('without a hash in its name is checked each time', async () => {
    const answer = await get('/console/badge.svg');
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  function rawBytes(address: string, accepted: string) {
    // `fetch` would decompress the body.
    const { promise, resolve, reject } = Promise.withResolvers<{
      headers: Record<string, unknown>;
      body: Buffer;
    }>();
    const url = new URL(address, gateway.url);
    const sent = request(url, { headers: { 'accept-encoding': accepted } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(chunks) }));
    });
    sent.on('error', reject);
    sent.end();
    return promise;
  }
});

describe('signing out from the app', () => {
  test('ends the session, and only a script of the console can do it', async () => {
    const { cookie } = await signedIn('vera@contoso.example');
    const signOut = (headers: Record<string, string>) =>
      rawRequest(gateway, '/console/sign-out', { method: 'POST', headers: { cookie, ...headers } });
    const own = { 'sec-fetch-site': 'same-origin' };
    expect((await signOut(own)).status).toBe(403);
    const foreign = { 'sec-fetch-site': 'cross-site', 'landfall-console': '1' };
    expect((await signOut(foreign)).status).toBe(403);
    expect((await get('/console', { cookie })).status).toBe(200);

    const done = await signOut({ ...own, 'landfall-console': '1' });

    expect(done.headers['location']).toBe('/console/signed-out');
    expect((await get('/console', { cookie })).status).toBe(303);
  });
});

test('a draft of a landing page is shown only to a signed-in person, on a page of ours', async () => {
  const { cookie } = await signedIn('vera@contoso.example');
  const send = (headers: Record<string, string>) =>
    rawRequest(gateway, '/console/page-preview', { method: 'POST', headers });
  const own = { 'sec-fetch-site': 'same-origin' };
  expect((await send({ cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  const stranger = await send(own);
  expect(stranger.status).toBe(401);
  expect(stranger.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect((await send({ ...own, cookie })).status).toBe(400);
});
