import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { calls, type CallContract, type CallName, type Content, type Parameter } from './calls.ts';
import { deviations, type Deviation } from './deviations.ts';
import { shapes, type Shape } from './shapes.ts';

/** One request and its answer, from a recorder in front of the API or inside it. */
export interface Exchange {
  readonly method: string;
  /** Path below the API's base URL, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Null if the connection broke. */
  readonly answer: Answer | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A difference between an exchange and Microsoft's files. */
export interface Flaw {
  /** Method and path as in Microsoft's files; the sent path if no call has it. */
  readonly call: string;
  readonly status: number | undefined;
  /** JSON pointer that starts with `/query`, `/headers`, `/body` or `/answer`. */
  readonly pointer: string;
  readonly message: string;
}

const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: false, ownProperties: true });
formats.default(ajv);
const definitions = { $id: 'bodies', definitions: shapes };
ajv.addSchema(definitions);
const GUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** Headers with these names are checked. All others belong to HTTP. */
const JUDGED_HEADER = /^(?:x-ms-.*|authorization|content-type|operation-location)$/;
const REQUEST_HEADERS: Readonly<Record<string, Parameter>> = {
  authorization: { required: true, shape: { type: 'string', pattern: '^Bearer \\S+$' } },
  // Microsoft's pages list it for every call, even without a body.
  'content-type': { required: true, shape: { type: 'string', pattern: '^application/json\\b' } },
};
const ANSWER_HEADERS: Readonly<Record<string, Parameter>> = {
  'content-type': { required: false, shape: { type: 'string' } },
  'x-ms-requestid': { required: false, shape: { type: 'string', format: 'uuid' } },
  'x-ms-correlationid': { required: false, shape: { type: 'string', format: 'uuid' } },
};

/** Microsoft's call that matches a request, or undefined. */
export function callOf(exchange: Pick<Exchange, 'method' | 'path'>): CallName | undefined {
  const path = exchange.path.replace(/\/$/, '');
  const names = Object.keys(calls) as CallName[];
  // Fixed paths come before paths with a GUID, because `resolve` is not one.
  return names.find((name) => {
    const pattern = calls[name].path.replace(/\/$/, '').replace(/\{\w+\}/g, GUID);
    return calls[name].method === exchange.method && new RegExp(`^${pattern}$`).test(path);
  });
}

/**
 * Compares one exchange with Microsoft's files.
 * @param known the allowed deviations; by default, all known ones
 */
export function judge(exchange: Exchange, known: readonly Deviation[] = deviations): Flaw[] {
  const name = callOf(exchange);
  const { answer } = exchange;
  if (name === undefined) {
    const call = `${exchange.method} ${exchange.path}`;
    const message = "is no call of Microsoft's";
    return [{ call, status: answer?.status, pointer: '', message }];
  }
  const contract: CallContract = calls[name];
  const call = `${contract.method} ${contract.path}`;
  const found = [
    ...parametersOf('/query', exchange.query, contract.query),
    ...parametersOf('/headers', judged(exchange.headers), {
      ...REQUEST_HEADERS,
      ...contract.headers,
    }),
    ...contentOf('/body', exchange.body, contract.body),
    ...(answer === null ? [] : answerOf(answer, contract)),
  ];
  return found
    .filter((one) => !known.some((deviation) => covers(deviation, name, one)))
    .map(({ pointer, message }) => ({ call, status: answer?.status, pointer, message }));
}

/** Compares many exchanges. A difference that several of them share is reported once. */
export function judgeAll(exchanges: readonly Exchange[]): Flaw[] {
  const flaws = exchanges.flatMap((exchange) => judge(exchange));
  return [...new Map(flaws.map((flaw) => [JSON.stringify(flaw), flaw])).values()];
}

interface Finding {
  readonly pointer: string;
  readonly message: string;
  readonly value: unknown;
}

function answerOf(answer: Answer, contract: CallContract): Finding[] {
  const content = contract.answers[answer.status];
  if (content === undefined) {
    const { status } = answer;
    return [{ pointer: '/answer/status', message: `${status} is not documented`, value: status }];
  }
  const own = Object.entries(contract.answerHeaders[answer.status] ?? {}).map(
    ([name, shape]) => [name, { required: true, shape }] as const,
  );
  return [
    ...parametersOf('/answer/headers', judged(answer.headers), {
      ...ANSWER_HEADERS,
      ...Object.fromEntries(own),
    }),
    ...contentOf('/answer/body', answer.body, content),
  ];
}

function judged(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => JUDGED_HEADER.test(name)));
}

function parametersOf(
  pointer: string,
  given: Readonly<Record<string, unknown>>,
  parameters: Readonly<Record<string, Parameter>>,
): Finding[] {
  const entries = Object.entries(parameters);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, { shape }]) => [name, shape])),
    required: entries.filter(([, { required }]) => required).map(([name]) => name),
    additionalProperties: false,
  };
  return findings(pointer, given, schema);
}

function contentOf(pointer: string, body: string, content: Content): Finding[] {
  if (content === 'anything') return [];
  if (content === 'nothing') {
    return body === '' ? [] : [{ pointer, message: 'has to be empty', value: body }];
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [{ pointer, message: 'is not JSON', value: body }];
  }
  return findings(pointer, value, { $ref: `bodies#/definitions/${content}` });
}

function findings(pointer: string, value: unknown, schema: Shape): Finding[] {
  const validate = compiled(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => {
    const path = `${error.instancePath}${fieldOf(error)}`;
    return {
      pointer: `${pointer}${path}`,
      message: `${error.message ?? error.keyword}${wordsOf(error)}`,
      value: valueAt(value, path),
    };
  });
}

const validators = new Map<string, ValidateFunction>();

function compiled(schema: Shape): ValidateFunction {
  const key = JSON.stringify(schema);
  const validate = validators.get(key) ?? ajv.compile(schema);
  validators.set(key, validate);
  return validate;
}

/** Names the missing or additional field itself, not the object around it. */
function fieldOf({ keyword, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `/${String(params['additionalProperty'])}`;
  return keyword === 'required' ? `/${String(params['missingProperty'])}` : '';
}

function wordsOf({ keyword, params }: ErrorObject): string {
  return keyword === 'enum' ? `: ${(params['allowedValues'] as string[]).join(', ')}` : '';
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
}

function covers(deviation: Deviation, name: CallName, { pointer, value }: Finding): boolean {
  return (
    deviation.calls.includes(name) &&
    deviation.at === pointer.replace(/\/\d+(?=\/|$)/g, '/*') &&
    compiled(deviation.allows)(value)
  );
}
