import { SpanKind, type SpanShape } from './tracing.ts';

/** The span of a message on its way, by the conventions of OpenTelemetry. Subjects come from a fixed set. */
export function messageSpan(operation: 'send' | 'process', subject: string): SpanShape {
  return {
    name: `${operation} ${subject}`,
    kind: operation === 'send' ? SpanKind.PRODUCER : SpanKind.CONSUMER,
    attributes: {
      'messaging.system': 'nats',
      'messaging.operation.type': operation,
      'messaging.destination.name': subject,
    },
  };
}

/** The span of a procedure call. `procedure` is a known one, or `unknown`. */
export function procedureSpan(
  kind: 'client' | 'server',
  owner: string,
  procedure: string,
): SpanShape {
  return {
    name: `${owner}/${procedure}`,
    kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.SERVER,
    attributes: { 'rpc.system': 'trpc', 'rpc.service': owner, 'rpc.method': procedure },
  };
}

/** What a statement does: its verb, and the first table that it names. */
const FIRST_TABLE = /\b(?:from|into|update|join)\s+"?([a-z_]+)\b"?(?!\s*\()/i;
const VERB = /^\s*([a-z]+)/i;

/** The shapes of statements, by text. Most texts are constants in the code. */
const statements = new Map<string, SpanShape>();
/** More than all constant texts. Bounds the memory if some texts are built anew each time. */
const MAX_STATEMENTS = 1000;

/**
 * The span of a statement, named like `select subscriptions`. The text of the statement is left out, because some have values in
 * them.
 */
export function statementSpan(text: string, name: string | undefined): SpanShape {
  const known = statements.get(text);
  if (known) return known;
  const shape = shapeOf(text, name);
  if (statements.size >= MAX_STATEMENTS) statements.clear();
  statements.set(text, shape);
  return shape;
}

function shapeOf(text: string, name: string | undefined): SpanShape {
  const verb = (VERB.exec(text)?.[1] ?? 'statement').toLowerCase();
  const table = FIRST_TABLE.exec(text)?.[1];
  return {
    name: name ?? (table === undefined ? verb : `${verb} ${table}`),
    kind: SpanKind.CLIENT,
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': verb,
      ...(table !== undefined && { 'db.collection.name': table }),
    },
  };
}

/** The span of a call to Microsoft's APIs. The operation has a name of ours, because the URL has the subscription's id. */
export function callSpan(operation: string, status: number | undefined): SpanShape {
  return {
    name: `Microsoft ${operation}`,
    kind: SpanKind.CLIENT,
    attributes: { ...(status !== undefined && { 'http.response.status_code': status }) },
  };
}
