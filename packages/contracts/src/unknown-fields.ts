import { z } from 'zod';
import { nearest } from './nearest.ts';
import { pathText, type InputIssue } from './input-issues.ts';

type Path = readonly (string | number)[];

/** More fields than this would hide the one that was meant. */
const MAX_LISTED = 20;
/** A caller who sends a whole wrong document gets the first few. */
const MAX_ISSUES = 20;
/** Names are echoed, so a long one is cut. */
const MAX_NAME = 60;

/** Fields of an input, at any depth, that its schema does not know. Zod would drop them without a word. */
export function unknownFields(schema: z.ZodType, input: unknown): readonly InputIssue[] {
  return [...find(schema, input, [])].slice(0, MAX_ISSUES);
}

function* find(schema: z.core.$ZodType, value: unknown, path: Path): Generator<InputIssue> {
  if (typeof value !== 'object' || value === null) return;
  if (schema instanceof z.ZodObject) {
    yield* ofObject(schema, value, path);
  } else if (schema instanceof z.ZodArray) {
    if (!Array.isArray(value)) return;
    for (const [index, item] of value.entries())
      yield* find(schema.element, item, [...path, index]);
  } else if (schema instanceof z.ZodTuple) {
    const { items } = schema.def;
    for (const [index, item] of items.entries())
      yield* find(item, Array.isArray(value) ? value[index] : undefined, [...path, index]);
  } else if (schema instanceof z.ZodRecord) {
    // Keys of a record are data; its values have a schema.
    for (const [key, item] of Object.entries(value))
      yield* find(schema.valueType, item, [...path, key]);
  } else if (schema instanceof z.ZodUnion) {
    yield* ofUnion(schema, value, path);
  } else if (schema instanceof z.ZodPipe) {
    yield* find(schema.in, value, path);
  } else if (schema instanceof z.ZodLazy) {
    yield* find(schema.unwrap(), value, path);
  } else if (isWrapper(schema)) {
    yield* find(schema.unwrap(), value, path);
  }
}

function* ofObject(schema: z.ZodObject, value: object, path: Path): Generator<InputIssue> {
  const fields = new Map(Object.entries(schema.shape));
  for (const [name, given] of Object.entries(value)) {
    const field = fields.get(name);
    const at = [...path, name];
    if (field) yield* find(field, given, at);
    // JSON has no undefined, so such a field comes from our own code and says nothing.
    else if (given !== undefined && schema.def.catchall === undefined)
      yield { path: pathText(at), message: messageFor(name, [...fields.keys()]) };
  }
}

/** The alternative that the value fits. If it fits none, parsing explains why. */
function* ofUnion(schema: z.ZodUnion, value: unknown, path: Path): Generator<InputIssue> {
  const fitting = schema.options.filter((option) => fits(schema, option, value));
  const found = fitting.map((option) => Array.from(find(option, value, path)));
  yield* found.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

/** A discriminator names the alternative, even if the rest of the value is wrong. */
function fits(schema: z.ZodUnion, option: z.core.$ZodType, value: unknown): boolean {
  if (!(schema instanceof z.ZodDiscriminatedUnion) || !(option instanceof z.ZodObject))
    return z.safeParse(option, value).success;
  const { discriminator } = schema.def;
  const kind = new Map(Object.entries(option.shape)).get(discriminator);
  return kind !== undefined && z.safeParse(kind, Reflect.get(Object(value), discriminator)).success;
}

type Wrapper =
  | z.ZodOptional
  | z.ZodNullable
  | z.ZodDefault
  | z.ZodPrefault
  | z.ZodReadonly
  | z.ZodNonOptional;

function isWrapper(schema: z.core.$ZodType): schema is Wrapper {
  return (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodNonOptional
  );
}

function messageFor(name: string, known: readonly string[]): string {
  const shown = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name;
  return `Unknown field "${shown}". ${hint(name, known)}`;
}

function hint(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== undefined) return `Did you mean "${meant}"?`;
  if (known.length === 0) return 'No fields are expected here.';
  const more = known.length > MAX_LISTED ? ', …' : '';
  return `The fields are: ${known.slice(0, MAX_LISTED).join(', ')}${more}.`;
}
