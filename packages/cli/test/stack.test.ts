import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { openCliFixture, type CliFixture, type SeenSubscription } from './fixture.ts';
import type { Program } from './program.ts';

let fixture: CliFixture;
/** A subscription that is active for the whole file. */
let subscriptionId: string;
let program: Program;
let key: Readonly<Record<string, string>>;

beforeAll(async () => {
  fixture = await openCliFixture();
  ({ program, key } = fixture);
  subscriptionId = await fixture.buyAndActivate();
});
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
});

const inCheckout = () => ({ cwd: fixture.checkout });

describe('a local stack', () => {
  test('is used in its folder and below, and named on stderr', async () => {
    const below = path.join(fixture.checkout, 'packages', 'product');
    mkdirSync(below, { recursive: true });

    const { code, stdout, stderr } = await program.run(['subscriptions', 'list'], { cwd: below });

    expect(code).toBe(0);
    expect(stdout).toContain(subscriptionId);
    expect(stderr).toBe(`Using the local stack of ${fixture.checkout}/.landfall/stack.json.\n`);
  });

  test('says how many there are in all, if that is asked for', async () => {
    const { stdout, stderr } = await program.run(
      ['subscriptions', 'list', '--with-total', '--limit', '1', '--jsonl'],
      inCheckout(),
    );

    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^\d+ match\.$/m);
  });

  test('is also found by LANDFALL_FOLDER, from everywhere', async () => {
    const env = { LANDFALL_FOLDER: path.join(fixture.checkout, '.landfall') };

    const { code, stdout } = await program.run(['subscriptions', 'list'], { env });

    expect(code).toBe(0);
    expect(stdout).toContain(subscriptionId);
  });

  test('is not used if other users could have written its file', async () => {
    fixture.writeStackFile(0o666);
    try {
      const { code, stderr } = await program.run(['subscriptions', 'list'], inCheckout());

      expect(code).toBe(3);
      expect(stderr).toContain('You are not signed in.');
    } finally {
      fixture.writeStackFile(0o600);
    }
  });

  test('gets what a customer would do from trigger', async () => {
    const started = await program.json<object>(
      ['trigger', 'changePlan', '--plan', 'standard', '--subscription', subscriptionId],
      inCheckout(),
    );

    expect(started).toMatchObject({ subscriptionId, operationId: expect.any(String) });
    await until('the plan has changed', async () => {
      const { planId } = await fixture.read(subscriptionId);
      return planId === 'standard' ? true : undefined;
    });
  });

  test('refuses an event that the marketplace refuses, with its reason', async () => {
    const event = ['trigger', 'reinstate', '--subscription', subscriptionId];
    const { code, stderr } = await program.run(event, inCheckout());

    expect(code).toBe(1);
    expect(stderr).toMatch(/^emulator\.\S+: .+\n$/);
  });
});

describe('output', () => {
  test('is an aligned table without colour in a pipe, with times of this machine', async () => {
    const { stdout } = await program.run(['subscriptions', 'list'], { env: key });

    const [head = '', row = ''] = stdout.split('\n');
    expect(stdout).not.toContain('\u001B');
    expect(head.indexOf('STATUS')).toBe(row.indexOf('Subscribed'));
    expect(row).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d CES?T/);
  });

  test('is one JSON array with --json, and one item a line with --jsonl', async () => {
    const list = await program.json<SeenSubscription[]>(['subscriptions', 'list'], { env: key });
    const { stdout } = await program.run(['subscriptions', 'list', '--jsonl'], { env: key });

    const lines = stdout.trim().split('\n');
    expect(list.map(({ id }) => id)).toContain(subscriptionId);
    expect(lines.map((line) => (JSON.parse(line) as SeenSubscription).id)).toEqual(
      list.map(({ id }) => id),
    );
  });

  test('says how to go on when there are more pages, and reads them all with --all', async () => {
    await program.json(['trigger', 'purchase'], inCheckout());
    await program.json(['reconcile'], inCheckout());

    const page = ['subscriptions', 'list', '--limit', '1', '--jsonl'];
    const first = await program.run(page, { env: key });
    const all = await program.run([...page, '--all'], { env: key });

    expect(first.stdout.trim().split('\n')).toHaveLength(1);
    expect(first.stderr).toMatch(/There is more\. Add --all, or --cursor \S+/);
    expect(all.stdout.trim().split('\n').length).toBeGreaterThan(1);
    expect(all.stderr).toBe('');
  });

  test('of an empty list says how its items appear', async () => {
    const { code, stdout, stderr } = await program.run(['destinations', 'list'], { env: key });

    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('landfall destinations create');
  });
});

describe('errors', () => {
  test('show code, sentence and correlation id on stderr, with exit code 1 for a rejection', async () => {
    const missing = ['subscriptions', 'get', '00000000-0000-4000-8000-000000000000'];
    const { code, stdout, stderr } = await program.run(missing, { env: key });

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^subscription\.not-found: .+\nCorrelation ID: [0-9a-f-]{36}\n$/);
  });

  test('are JSON on stderr with --json', async () => {
    const missing = ['subscriptions', 'get', 'none', '--json'];
    const { stderr } = await program.run(missing, { env: key });

    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'subscription.not-found', correlationId: expect.any(String) },
    });
  });

  test('of wrong arguments end with 2, and nothing is sent', async () => {
    const unknown = await program.run(['subscriptions', 'list', '--colour', 'red'], { env: key });
    const missing = await program.run(['keys', 'create', '--label', 'x'], { env: key });
    const choice = await program.run(['deliveries', 'list', '--state', 'lost'], { env: key });

    expect([unknown.code, missing.code, choice.code]).toEqual([2, 2, 2]);
    expect(unknown.stderr).toContain('Run: landfall subscriptions list --help');
    expect(missing.stderr).toContain('Missing: --scopes.');
    expect(choice.stderr).toContain('It must be one of: waiting, delivered, dead.');
  });

  test('of input that the API finds wrong end with 2', async () => {
    const { code } = await program.run(['subscriptions', 'list', '--limit', '0'], { env: key });

    expect(code).toBe(2);
  });

  test('of a wrong key end with 3', async () => {
    const env = { ...key, LANDFALL_API_KEY: 'lf_none_wrong' };
    const { code, stderr } = await program.run(['subscriptions', 'list'], { env });

    expect(code).toBe(3);
    expect(stderr).toContain('Run: landfall login');
  });

  test('of a gateway that does not answer end with 4', async () => {
    const env = { ...key, LANDFALL_URL: 'http://127.0.0.1:1' };
    const { code, stderr } = await program.run(['subscriptions', 'list'], { env });

    expect(code).toBe(4);
    expect(stderr).toContain('http://127.0.0.1:1 does not answer');
  });
});

describe('commands', () => {
  test('take nested input from a file or stdin, and options change single fields of it', async () => {
    const input = JSON.stringify({
      label: 'from the file',
      url: 'http://127.0.0.1:9/events',
      types: ['ping'],
    });

    const created = await program.json<{ destination: object }>(
      ['destinations', 'create', '--input', '-', '--label', 'from the option'],
      { env: key, input },
    );

    expect(created.destination).toMatchObject({ label: 'from the option', types: ['ping'] });
  });

  test('that the API only tries by default need --yes without a terminal', async () => {
    const replay = ['notifications', 'replay', '--action', 'ChangePlan', '--requested-by', 'test'];

    const unsure = await program.run(replay, { env: key });
    const tried = await program.json([...replay, '--dry-run'], { env: key });
    const done = await program.json<{ replayed: number }>([...replay, '--yes'], { env: key });

    expect(unsure.code).toBe(2);
    expect(unsure.stderr).toContain('Add --yes');
    expect(tried).toMatchObject({ replayed: 0 });
    expect(done.replayed).toBeGreaterThan(0);
  });

  test('compare with Microsoft and end with 0 if both sides agree', async () => {
    const { code, stdout } = await program.run(['reconcile', '--dry-run', '--json'], { env: key });

    expect(code).toBe(0);
    const runs = JSON.parse(stdout) as { state: string; dryRun: boolean }[];
    expect(runs.map(({ state, dryRun }) => [state, dryRun])).toEqual(
      runs.map(() => ['completed', true]),
    );
  });

  test('import usage from a file, and say which lines were refused', async () => {
    const at = new Date().toISOString();
    const file = path.join(program.folder, 'usage.csv');
    const rows = [`e1,${subscriptionId},nonsense,1,${at}`, `e2,unknown,reports,1,${at}`];
    const head = 'eventId,subscriptionId,dimension,quantity,occurredAt';
    writeFileSync(file, [head, ...rows].join('\n'));

    const { code, stdout, stderr } = await program.run(['usage', 'import', file], { env: key });

    expect(code).toBe(1);
    expect(stdout).toBe('Counted: 0 taken, 0 repeated, 2 refused of 2 records.\n');
    expect(stderr).toContain('Line 2: ');
    expect(stderr).toContain('Line 3: subscription-unknown.');
  });

  test('export to a file that only its owner can read, and never replace one', async () => {
    const file = path.join(program.folder, 'subscriptions.csv');
    const exporting = ['export', 'subscriptions', '--output', file];

    const first = await program.run(exporting, { env: key });
    const again = await program.run(exporting, { env: key });

    const [head, ...rows] = (await readFile(file, 'utf8')).trim().split('\n');
    expect([first.code, again.code]).toEqual([0, 2]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(head).toMatch(/^id,publisherId,offerId,/);
    expect(rows.some((row) => row.startsWith(`${subscriptionId},contoso,teamdesk,`))).toBe(true);
  });
});

describe('keys', () => {
  test('are created, do what their scopes allow, and end with 3 for the rest', async () => {
    const create = ['keys', 'create', '--label', 'product', '--scopes', 'subscriptions:read'];
    const created = await program.json<{ key: { id: string }; secret: string }>(create, {
      env: key,
    });
    const env = { ...key, LANDFALL_API_KEY: created.secret };

    const who = await program.json(['whoami'], { env });
    const allowed = await program.run(['subscriptions', 'list'], { env });
    const refused = await program.run(['keys', 'list'], { env });
    await program.json(['keys', 'revoke', created.key.id, '--yes'], { env: key });
    const ended = await until('the key has ended', async () => {
      const { code } = await program.run(['subscriptions', 'list'], { env });
      return code === 3 ? true : undefined;
    });

    expect(who).toMatchObject({ id: created.key.id, scopes: ['subscriptions:read'] });
    expect(allowed.code).toBe(0);
    expect(refused.code).toBe(3);
    expect(ended).toBe(true);
  });

  test('are stored by login from stdin, after Landfall has said whose they are', async () => {
    const login = ['login', '--url', key['LANDFALL_URL'] ?? ''];
    const env = { XDG_CONFIG_HOME: path.join(program.folder, 'config') };

    const create = ['keys', 'create', '--label', 'reader', '--scopes', 'subscriptions:read'];
    const { secret } = await program.json<{ secret: string }>(create, { env: key });
    const narrow = await program.run([...login, '--name', 'reader'], { env, input: secret });
    const wrong = await program.run(login, { env, input: 'lf_none_wrong-secret\n' });
    const right = await program.run(login, { env, input: `${key['LANDFALL_API_KEY']}\n` });
    const used = await program.run(['subscriptions', 'list', '--jsonl'], { env });

    expect(narrow.code).toBe(0);
    expect(wrong.code).toBe(3);
    expect(right.code).toBe(0);
    expect(right.stdout + right.stderr).not.toContain(key['LANDFALL_API_KEY']);
    expect(used.stdout).toContain(subscriptionId);
  });
});

test('subscriptions of the SaaS Accelerator are taken over with --apply, and only tried without', async () => {
  const order = [
    'trigger',
    'purchase',
    '--offer',
    'teamdesk',
    '--plan',
    'basic',
    '--quantity',
    '2',
  ];
  const bought = await program.json<{ subscriptionId: string }>(order, inCheckout());
  const exported = path.join(program.folder, 'accelerator');
  mkdirSync(exported);
  writeFileSync(
    path.join(exported, 'Subscriptions.csv'),
    `Id,AMPSubscriptionId,SubscriptionStatus,AMPPlanId\n1,${bought.subscriptionId},Subscribed,basic\n`,
  );
  const importing = ['import', 'accelerator', exported, '--publisher', 'contoso'];
  const isKnown = async () => {
    const list = ['subscriptions', 'list', '--all', '--jsonl'];
    const { stdout } = await program.run(list, { env: key });
    return stdout.includes(bought.subscriptionId);
  };

  const tried = await program.run([...importing, '--json'], { env: key });
  const knownAfterTrial = await isKnown();
  const applied = await program.run([...importing, '--apply'], { env: key });

  expect(tried.code).toBe(0);
  expect(JSON.parse(tried.stdout)).toMatchObject({
    isDryRun: true,
    results: [{ subscriptionId: bought.subscriptionId, outcome: 'imported' }],
  });
  expect(knownAfterTrial).toBe(false);
  expect(applied.code).toBe(0);
  expect(applied.stdout).toMatch(new RegExp(`${bought.subscriptionId} +imported `));
  expect(await isKnown()).toBe(true);
});

test('the doctor shows the worst first with the next step, and its exit code is that of the worst', async () => {
  const { code, stdout } = await program.run(['doctor'], { env: key });
  const all = await program.run(['doctor', '--json'], { env: key });

  // A new installation has no backup yet, which is a warning.
  const { worst, checks } = JSON.parse(all.stdout) as { worst: string; checks: object[] };
  expect([worst, code, all.code]).toEqual(['warning', 1, 1]);
  expect(stdout).toMatch(/^warning \(\d+\)\n {2}\S+ \(.+\)\n {4}.+\n/);
  expect(stdout).toContain('    Next step: ');
  expect(stdout).toContain(`of ${checks.length} checks found nothing.`);
});

test('setup shows the values for Partner Center, without questions in a pipe', async () => {
  const { code, stdout } = await program.run(['setup'], { env: key });

  expect(code).toBe(0);
  expect(stdout).toContain('Connection webhook');
  expect(stdout).toContain(`Enter: ${key['LANDFALL_URL']}/webhook`);
  expect(stdout).toContain(`Enter: ${key['LANDFALL_URL']}/landing/signed-in`);
});

test('the audit log is exported with who did what', async () => {
  const { stdout } = await program.run(['export', 'audit', '--since', '1h'], { env: key });

  const [head, ...rows] = stdout.trim().split('\n');
  expect(head).toMatch(/^sequence,at,actor,/);
  expect(rows.some((row) => row.includes(',subscriptions.activate,'))).toBe(true);
});

test('a reader that stops early ends a list quietly', async () => {
  const child = program.start(['subscriptions', 'list', '--json'], { env: key });
  child.stdout.destroy();

  const [code] = await once(child, 'exit');

  expect(code).toBe(0);
});
