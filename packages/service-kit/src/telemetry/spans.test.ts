import { expect, test } from 'vitest';
import { callSpan, messageSpan, procedureSpan, statementSpan } from './spans.ts';
import { SpanKind } from './tracing.ts';

test.for([
  [`select * from subscriptions where email = 'ada@fabrikam.example'`, 'select', 'subscriptions'],
  ['\n  insert into "tasks" ("id") values ($1)', 'insert', 'tasks'],
  ['UPDATE lanes SET held_by = $1', 'update', 'lanes'],
  ['delete from inbox where id = any($1)', 'delete', 'inbox'],
  ['select * from unnest($1::text[]) as t join usage_hours on true', 'select', 'usage_hours'],
])('the span of "%s" has its verb and table', ([text = '', verb, table]) => {
  const attributes = {
    'db.system.name': 'postgresql',
    'db.operation.name': verb,
    'db.collection.name': table,
  };
  const shape = { name: `${verb} ${table}`, kind: SpanKind.CLIENT, attributes };
  expect(statementSpan(text, undefined)).toEqual(shape);
  expect(statementSpan(text, undefined)).toBe(statementSpan(text, undefined));
});

test('a statement without a table has only its verb, and one with a name of ours is called by it', () => {
  const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': 'select' };
  const kind = SpanKind.CLIENT;
  expect(statementSpan('select now()', undefined)).toEqual({ name: 'select', kind, attributes });
  const named = statementSpan('select pg_notify($1, $2)', 'notify');
  expect(named).toEqual({ name: 'notify', kind, attributes });
});

test('a span that sends differs from a span that receives', () => {
  const subject = 'fulfillment.subscription.activated';
  expect(messageSpan('send', subject)).toMatchObject({
    name: `send ${subject}`,
    kind: SpanKind.PRODUCER,
  });
  expect(messageSpan('process', subject)).toMatchObject({
    name: `process ${subject}`,
    kind: SpanKind.CONSUMER,
  });
  const [asked, answered] = (['client', 'server'] as const).map((kind) =>
    procedureSpan(kind, 'billing-sync', 'usage.report'),
  );
  expect(asked).toEqual({ ...answered, kind: SpanKind.CLIENT });
  expect(answered).toMatchObject({ name: 'billing-sync/usage.report', kind: SpanKind.SERVER });
});

test('a call to Microsoft without an answer has no status, instead of a zero', () => {
  expect(callSpan('activate', undefined).attributes).toEqual({});
  expect(callSpan('activate', 409).attributes).toEqual({ 'http.response.status_code': 409 });
});
