import type { z } from 'zod';
import { nearest } from './nearest.ts';

/** One thing that is wrong with an input. */
export interface InputIssue {
  /** Where it is, such as `rules[0].when.below`. Empty for the input as a whole. */
  readonly path: string;
  /** A sentence for people. */
  readonly message: string;
}

/** Programs that are wrong everywhere get the first few; the rest would say the same. */
const MAX_ISSUES = 20;
/** Sentences in one message. A person mends the first ones and tries again. */
const MAX_SENTENCES = 3;
/** Values are echoed only as a hint, and never whole documents. */
const MAX_LISTED = 20;

export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** What a schema found wrong with an input, in sentences. */
export function inputIssues(error: z.core.$ZodError, input: unknown): readonly InputIssue[] {
  return error.issues.slice(0, MAX_ISSUES).map((issue) => {
    const path = pathText(issue.path);
    // A rule about the whole input is a sentence of its own.
    if (issue.code === 'custom' && path === '') return { path, message: issue.message };
    const name = path === '' ? 'The input' : `"${path}"`;
    return { path, message: `${name} ${predicate(issue, valueAt(input, issue.path))}` };
  });
}

/** All issues in one readable message. */
export function inputMessage(issues: readonly InputIssue[]): string {
  const rest = issues.length - MAX_SENTENCES;
  const sentences = issues.slice(0, MAX_SENTENCES).map(({ message }) => message);
  if (rest > 0)
    sentences.push(
      rest === 1 ? 'One more problem is in issues.' : `${rest} more problems are in issues.`,
    );
  return sentences.join(' ');
}

function predicate(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return 'is missing.';
      return `must be ${kindOf(issue.expected)}, not ${kindOf(typeOf(value))}.`;
    case 'invalid_value':
      return ofValues(issue.values, value);
    case 'too_small':
    case 'too_big':
      return ofSize(issue);
    case 'invalid_format':
      return ofFormat(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}.`;
    case 'invalid_union':
      return ofUnion(issue, value);
    case 'invalid_key':
      return `is not allowed as a key. ${issue.issues[0]?.message ?? ''}`.trim();
    default:
      return ownSentence(issue.message);
  }
}

/** Our own schemas write their reasons as "Must …". */
function ownSentence(message: string): string {
  const text = message.endsWith('.') ? message : `${message}.`;
  return text.startsWith('Must ') ? `must ${text.slice('Must '.length)}` : `is not valid. ${text}`;
}

function ofValues(values: readonly unknown[], value: unknown): string {
  if (value === undefined) return `is missing. ${oneOf(values)}`;
  const words = values.filter((word) => typeof word === 'string');
  const meant = typeof value === 'string' ? nearest(value, words) : undefined;
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return `has a value that does not exist.${hint} ${oneOf(values)}`;
}

function oneOf(values: readonly unknown[]): string {
  const listed = values.slice(0, MAX_LISTED).map(String).join(', ');
  const more = values.length > MAX_LISTED ? ', …' : '';
  return values.length === 1 ? `It must be ${listed}.` : `It must be one of: ${listed}${more}.`;
}

function ofSize(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const isSmall = issue.code === 'too_small';
  const bound = isSmall ? issue.minimum : issue.maximum;
  const hasLength = issue.origin === 'string' || issue.origin === 'array';
  if (isSmall && hasLength && Number(bound) === 1) return 'must not be empty.';
  const limit = `${isSmall ? 'at least' : 'at most'} ${bound}`;
  if (issue.origin === 'string') return `must be ${limit} characters long.`;
  if (issue.origin === 'array') return `must have ${limit} items.`;
  if (issue.inclusive === false) return `must be ${isSmall ? 'above' : 'below'} ${bound}.`;
  return `must be ${limit}.`;
}

const FORMATS: ReadonlyMap<string, string> = new Map([
  ['datetime', 'a time such as 2026-01-31T12:00:00Z'],
  ['date', 'a date such as 2026-01-31'],
  ['uuid', 'a UUID such as 3f1c9a52-7d0e-4c3b-9a61-0c8f5b2d7e44'],
  ['guid', 'a UUID such as 3f1c9a52-7d0e-4c3b-9a61-0c8f5b2d7e44'],
  ['email', 'an e-mail address'],
  ['url', 'a URL such as https://app.contoso.com/hooks'],
]);

function ofFormat(issue: z.core.$ZodIssueInvalidStringFormat): string {
  const format = FORMATS.get(issue.format);
  if (format !== undefined) return `must be ${format}.`;
  if (issue.message.startsWith('Must ')) return ownSentence(issue.message);
  const { pattern } = issue;
  return pattern === undefined ? 'has a wrong format.' : `must match ${pattern}.`;
}

/** With a discriminator, the known kinds. Otherwise the alternative that came closest. */
function ofUnion(issue: z.core.$ZodIssueInvalidUnion, value: unknown): string {
  const all = issue.errors.flat();
  const [first] = all.toSorted((a, b) => b.path.length - a.path.length);
  if (!first) return 'has none of the accepted forms.';
  const at = first.path.length === 0 ? '' : `has a wrong "${pathText(first.path)}": it `;
  const isWrongType = all.every(({ code }) => code === 'invalid_type');
  if (isWrongType && first.path.length === 0) {
    const kinds = all.map((one) => (one.code === 'invalid_type' ? kindOf(one.expected) : ''));
    return `must be ${[...new Set(kinds)].join(' or ')}, not ${kindOf(typeOf(value))}.`;
  }
  return `${at}${predicate(first, valueAt(value, first.path))}`;
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
  ['record', 'an object'],
  ['null', 'null'],
  ['undefined', 'absent'],
]);

function kindOf(type: string): string {
  return KINDS.get(type) ?? type;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    input,
  );
}
