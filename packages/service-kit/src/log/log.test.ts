import { expect, test } from 'vitest';
import { Fault } from '@landfall/domain/fault';
import { correlationId, createLogger, withCorrelation } from './log.ts';

function capture() {
  const lines: string[] = [];
  const log = createLogger('landing', 'debug', { write: (line) => void lines.push(line) });
  return { log, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl';

test('fields with sensitive names are masked at any depth, in every spelling', () => {
  const { log, text } = capture();
  log.info(
    {
      headers: {
        Authorization: 'hush-1',
        'set-cookie': ['hush-2'],
        'X-MS-Marketplace-Token': 'hush-3',
      },
      a: { b: { c: [{ accessToken: 'hush-4', client_secret: 'hush-5' }] } },
      beneficiary: { emailId: 'hush-6', displayName: 'hush-7' },
      password: { even: 'hush-8' },
    },
    'request',
  );
  expect(text()).not.toContain('hush');
});

test('tokens, passwords in URLs and addresses are masked inside any text', () => {
  const { log, text } = capture();
  log.info({ note: `got ${jwt} from joe@contoso.example` }, `Bearer abc.def ${jwt}`);
  log.warn('cannot reach postgres://me:hush@db/landfall for %s', 'joe@contoso.example');
  log.error(new Error(`no user joe@contoso.example`));
  expect(text()).not.toMatch(/eyJ|joe@|hush|abc\.def/);
});

test('bindings of child loggers and their children are masked', () => {
  const { log, text } = capture();
  log.child({ token: 'hush' }).child({ email: 'hush', part: 'bus' }).info('hello');
  expect(text()).not.toContain('hush');
  expect(text()).toContain('"part":"bus"');
});

test('an error keeps code, cause and stack, but not the values that a database quotes', () => {
  const { log, last, text } = capture();
  const pgError = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'hush' });
  const fault = new Fault('x.failed', 'failed', { retry: 'later', cause: pgError });
  log.error({ err: fault }, 'failed');
  expect(last().err).toMatchObject({
    type: 'Fault',
    code: 'x.failed',
    retry: 'later',
    cause: { code: '23505', message: 'duplicate key' },
  });
  expect(last().err.stack).toContain('log.test.ts');
  expect(text()).not.toContain('hush');
});

test('codes of errors stay readable; an authorization code does not', () => {
  const { log, last } = capture();
  log.info({ code: 'ECONNREFUSED', answer: { code: `0.A${'x'.repeat(600)}` } }, 'x');
  expect(last()).toMatchObject({ code: 'ECONNREFUSED', answer: { code: '[redacted]' } });
});

test('package versions in stack traces are not mistaken for addresses', () => {
  const { log, last } = capture();
  log.info({ at: 'node_modules/.pnpm/pg@8.23.1/node_modules/pg/index.js' }, 'x');
  expect(last().at).toBe('node_modules/.pnpm/pg@8.23.1/node_modules/pg/index.js');
});

test('cycles, long lists and bigints do not break a log line', () => {
  const { log, last } = capture();
  const cycle: Record<string, unknown> = { n: 1n };
  cycle['self'] = cycle;
  log.info({ cycle, list: Array.from({ length: 1000 }, (_, i) => i) }, 'x');
  expect(last().cycle.n).toBe('1');
  expect(last().list).toHaveLength(51);
});

test('each log line of a flow has its correlation id, also after an await, and no other line has it', async () => {
  const { log, last } = capture();
  await withCorrelation('flow-1', async () => {
    await Promise.resolve();
    expect(correlationId()).toBe('flow-1');
    log.info('inside');
  });
  expect(last().correlationId).toBe('flow-1');
  log.info('outside');
  expect(last().correlationId).toBeUndefined();
});
