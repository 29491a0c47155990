import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'landfall-drop-ins-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

/** Runs the command for a list with these credentials. */
function units(...credentials: readonly object[]) {
  const publishers = credentials.map((credential, index) => ({
    publisherId: `publisher-${index}`,
    tenantId: `3b2b7cb0-6c0f-4b32-8d5a-1f2f3c7a9f1${index}`,
    clientId: `4b2b7cb0-6c0f-4b32-8d5a-1f2f3c7a9f1${index}`,
    credential,
  }));
  write('publishers.json', JSON.stringify({ publishers }));
  const list = path.join(folder, 'publishers.json');
  const args = [program, '--publishers', list, '--folder', path.join(folder, 'units')];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

const dropInOf = (service: string) =>
  readFileSync(
    path.join(folder, 'units', `landfall-${service}.service.d`, '10-publishers.conf'),
    'utf8',
  );

test('services that call Microsoft get the files of all publishers, and webhook-ingest only the list', () => {
  write('contoso.secret', 'hunter2');
  write('litware.secret', 'hunter3');
  const { status, stdout } = units(
    { secretFile: 'contoso.secret' },
    { secretFile: 'litware.secret', expires: '2031-02-03' },
  );

  expect(status).toBe(0);
  expect(stdout.match(/wrote /g)).toHaveLength(3);
  expect(readdirSync(path.join(folder, 'units')).toSorted()).toEqual([
    'landfall-billing-sync.service.d',
    'landfall-fulfillment-worker.service.d',
    'landfall-webhook-ingest.service.d',
  ]);
  const source = '/etc/landfall/secrets/publishers';
  const list = `LoadCredential=publishers.json:${source}/publishers.json`;
  const files = ['contoso.secret', 'litware.secret'].map(
    (name) => `LoadCredential=${name}:${source}/${name}`,
  );
  for (const service of ['billing-sync', 'fulfillment-worker']) {
    const own = `LoadCredential=DATABASE_URL:/etc/landfall/secrets/${service}/DATABASE_URL`;
    const lines = dropInOf(service).split('\n');
    expect(lines).toEqual(expect.arrayContaining([own, list, ...files]));
    expect(lines.indexOf('LoadCredential=')).toBeLessThan(lines.indexOf(own));
    expect(lines).toContain('UnsetEnvironment=FULFILLMENT_CLIENT_SECRET_FILE');
    expect(lines).toContain('Environment=PUBLISHERS_FILE=%d/publishers.json');
  }
  expect(dropInOf('webhook-ingest').match(/^LoadCredential=.*$/gm)).toEqual([list]);
});

test.each([
  [{ secret: 'hunter2' }, 'publishers.0.credential.secret of PUBLISHERS_FILE: webhook-ingest'],
  [{ federatedTokenFile: 'a.token' }, 'a token changes; use a client secret or a certificate'],
  [{ secretFile: '/etc/contoso.secret' }, 'the file must be beside the list'],
  [{ secretFile: 'deeper/contoso.secret' }, 'the file must be beside the list'],
  [{ secretFile: 'NATS_URL' }, 'with an extension'],
  [{ secretFile: 'absent.secret' }, 'names a file that cannot be read (ENOENT)'],
  [{}, 'the fulfillment application has no credential'],
])('a credential that a unit could not use is refused: %j', (credential, problem) => {
  const { status, stderr } = units(credential);

  expect(status).toBe(1);
  expect(stderr).toContain(problem);
  expect(stderr).toContain('Next step');
  expect(stderr).not.toContain('hunter2');
  expect(readdirSync(folder)).toEqual(['publishers.json']);
});
