import { expect, test } from 'vitest';
import { lastWords } from './last-words.ts';

test('errors in a JSON log are shown with their causes and without stack traces', () => {
  const cause = { type: 'NatsError', message: 'no space left on device', stack: 'at write' };
  const err = { type: 'Fault', message: 'NATS has not confirmed', stack: 'at publish', cause };
  const log = [
    { level: 'info', msg: 'starting', config: {} },
    { level: 'fatal', msg: 'could not start', err },
  ];
  expect(lastWords(log.map((line) => JSON.stringify(line)).join('\n'))).toEqual([
    'could not start: NATS has not confirmed: no space left on device',
  ]);
});

test('lines that are not JSON are shown unchanged, and only the last ones', () => {
  expect(lastWords('PUBLIC_URL: Invalid URL\n')).toEqual(['PUBLIC_URL: Invalid URL']);
  expect(lastWords(Array.from({ length: 20 }, (_, n) => `line ${n}`).join('\n'))).toHaveLength(8);
  expect(lastWords('')).toEqual(['its log does not say why']);
});
