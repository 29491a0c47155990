import { expect, test } from 'vitest';
import { TestLimit } from './test-limit.ts';

test('twenty test mails of a kind may be sent within an hour, and other kinds do not count', () => {
  let nowMs = 0;
  const limit = new TestLimit(() => nowMs);
  for (let count = 0; count < 20; count += 1) expect(limit.take('contoso')).toBeUndefined();
  nowMs = 3_599_999;
  expect(limit.take('contoso')?.rejected).toBe('mail.too-many-tests');
  expect(limit.take('fabrikam')).toBeUndefined();
  nowMs = 3_600_000;
  expect(limit.take('contoso')).toBeUndefined();
});
