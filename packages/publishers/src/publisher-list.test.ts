import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  hasPublishers,
  publisherAccessShape,
  publisherShape,
  readPublishers,
} from './publisher-list.ts';

const [T1, T2] = [
  '3b2b7cb0-6c0f-4b32-8d5a-1f2f3c7a9f10',
  '4b2b7cb0-6c0f-4b32-8d5a-1f2f3c7a9f10',
] as const;
const [C1, C2] = [
  '5b2b7cb0-6c0f-4b32-8d5a-1f2f3c7a9f10',
  '6b2b7cb0-6c0f-4b32-8d5a-1f2f3c7a9f10',
] as const;
const NEEDED = { credential: true };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'landfall-publishers-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function fileOf(content: unknown, mode = 0o600): Promise<string> {
  const file = path.join(folder, 'publishers.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  await chmod(file, mode);
  return file;
}

const contoso = { publisherId: 'contoso', tenantId: T1, clientId: C1, credential: { secret: 'a' } };
const litware = {
  publisherId: 'litware',
  tenantId: T2,
  clientId: C2,
  credential: { secretFile: 'litware.secret', expires: '2031-02-03' },
};

const reading = async (content: unknown, needs = NEEDED) =>
  await readPublishers({ PUBLISHERS_FILE: await fileOf(content) }, needs);

const faultOf = async (content: unknown): Promise<string> => {
  const error: unknown = await reading(content).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'config.publishers-unfit', retry: 'never' });
  return String(error);
};

describe('a list of publishers', () => {
  test('gives each publisher its own tenant, application and credential, in order', async () => {
    const { publishers, isSole } = await reading({ publishers: [contoso, litware] });
    expect(isSole).toBe(false);
    expect(publishers).toMatchObject([
      { publisherId: 'contoso', tenantId: T1, credential: { FULFILLMENT_CLIENT_SECRET: 'a' } },
      { publisherId: 'litware', clientId: C2 },
    ]);
    expect(publishers[1]?.credential).toEqual({
      FULFILLMENT_CLIENT_SECRET_FILE: path.join(folder, 'litware.secret'),
      FULFILLMENT_CREDENTIAL_EXPIRES: new Date('2031-02-03'),
    });
  });

  test('is refused with all its flaws at once, which name fields and no values', async () => {
    const text = await faultOf({
      publishers: [
        { ...contoso, tenantId: 'my-tenant', credential: { secret: 's3cret', secretFile: 'x' } },
        { ...litware, credential: { certificateFile: 'app.crt' } },
        { ...litware, publisherId: 'Contoso', clientSecret: 's3cret', credential: {} },
      ],
    });
    for (const part of [
      'publishers.0.tenantId',
      'publishers.0.credential: secret, secretFile are set together',
      'publishers.1.credential: certificateFile is set without privateKeyFile',
      'publishers.2.publisherId: is the same as that of publishers.0',
      'publishers.2: has the same tenantId and clientId as publishers.1',
      'publishers.2.credential: the fulfillment application has no credential',
      'clientSecret',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/s3cret|my-tenant/);
  });

  test.each([
    ['{"publishers": [}', 'does not contain valid JSON'],
    [{ publishers: [] }, 'publishers:'],
    [{ publisher: [contoso] }, 'publishers:'],
    ['[]', 'the file:'],
  ])('that is not a list stops the start: %j', async (content, problem) => {
    expect(await faultOf(content)).toContain(problem);
  });

  test('that does not exist stops the start with the name of its variable', async () => {
    const absent = readPublishers({ PUBLISHERS_FILE: path.join(folder, 'none') }, NEEDED);
    await expect(absent).rejects.toThrow(
      'PUBLISHERS_FILE names a file that cannot be read (ENOENT)',
    );
  });

  test('needs no credentials in a service that only verifies callers', async () => {
    const { credential: _secret, ...identity } = contoso;
    const given = await reading({ publishers: [identity, litware] }, { credential: false });
    expect(given.publishers.map(({ clientId }) => clientId)).toEqual([C1, C2]);
  });

  test.each([
    [0o644, contoso, 1],
    [0o600, contoso, 0],
    [0o644, litware, 0],
  ])('with secrets that everyone can read gives a warning (%o)', async (mode, one, count) => {
    const PUBLISHERS_FILE = await fileOf({ publishers: [one] }, mode);
    const { warnings } = await readPublishers({ PUBLISHERS_FILE }, NEEDED);
    expect(warnings).toHaveLength(count);
  });
});

describe('the environment', () => {
  const single = { PUBLISHER_TENANT_ID: T1, FULFILLMENT_CLIENT_ID: C1 };
  const access = hasPublishers(z.object(publisherAccessShape));
  const problem = (env: Readonly<Record<string, string>>, schema: z.ZodType = access) =>
    schema
      .safeParse(env)
      .error?.issues.map(({ message }) => message)
      .join() ?? '';

  test('can name a single publisher by variables', async () => {
    const env = { ...single, FULFILLMENT_CLIENT_SECRET: 'a' };
    expect(problem(env)).toBe('');
    const { publishers, isSole } = await readPublishers(access.parse(env), NEEDED);
    expect(isSole).toBe(true);
    expect(publishers).toMatchObject([{ publisherId: undefined, tenantId: T1, clientId: C1 }]);
  });

  test('with both a list and a single publisher is refused, and the message names both', () => {
    const text = problem({ ...single, PUBLISHERS_FILE: 'x', FULFILLMENT_CLIENT_SECRET: 's3cret' });
    expect(text).toContain('PUBLISHERS_FILE is set together with PUBLISHER_TENANT_ID');
    expect(text).toContain('FULFILLMENT_CLIENT_SECRET');
    expect(text).not.toContain('s3cret');
  });

  test('with neither is refused, and the message names what to set', () => {
    const text = problem({});
    expect(text).toContain('set PUBLISHER_TENANT_ID, FULFILLMENT_CLIENT_ID, or PUBLISHERS_FILE');
    expect(text).toContain('FULFILLMENT_CLIENT_SECRET_FILE');
  });

  test('needs no credential in a service that only verifies callers', () => {
    const schema = hasPublishers(z.object(publisherShape));
    expect(problem(single, schema)).toBe('');
    expect(problem({ PUBLISHER_TENANT_ID: T1 }, schema)).toContain('set FULFILLMENT_CLIENT_ID');
  });
});
