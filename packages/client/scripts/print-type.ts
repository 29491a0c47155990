/** The parts of JSON Schema that zod writes for our contracts. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly description?: string;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Whether a type describes a value to send (with its limits and defaults) or a value to receive. */
export type Direction = 'input' | 'output';

/** The TypeScript type of a schema's values. A `$ref` becomes the name of its type. */
export function printType(schema: JsonSchema, io: Direction): string {
  if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.map((one) => printType(one, io)).join(' | ');
  if (schema.type === 'array') return `(${printType(schema.items ?? {}, io)})[]`;
  if (schema.type === 'object') return printObject(schema, io);
  const types = [schema.type ?? []].flat();
  return types.map((type) => scalars[type] ?? 'unknown').join(' | ') || 'unknown';
}

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

function printObject(schema: JsonSchema, io: Direction): string {
  const { properties = {}, additionalProperties: values } = schema;
  if (Object.keys(properties).length > 0) return `{ ${printFields(schema, io)} }`;
  return `Record<string, ${typeof values === 'object' ? printType(values, io) : 'never'}>`;
}

/** The fields of an object, each with its documentation. */
export function printFields(schema: JsonSchema, io: Direction): string {
  const { properties = {}, required = [] } = schema;
  const fields = Object.entries(properties).map(([name, field]) => {
    const type = printType(field, io);
    const comment = printComment(documentationOf(field, io));
    // A value of unknown type may be `undefined`, which JSON leaves out, so the field is optional.
    if (type === 'unknown') return `${comment}${name}?: unknown;`;
    return required.includes(name)
      ? `${comment}${name}: ${type};`
      : `${comment}${name}?: ${type} | undefined;`;
  });
  return fields.join('\n');
}

/** A documentation comment, or nothing for an empty text. */
export function printComment(text: string): string {
  return text === '' ? '' : `/** ${text.replaceAll('*/', '*\\/')} */\n`;
}

/** The documentation of a field: its description and format, and for a value to send also its limits. */
function documentationOf(schema: JsonSchema, io: Direction): string {
  const { description, default: preset } = schema;
  const facts = [description, formOf(schema)];
  if (io === 'input') {
    facts.push(patternOf(schema), lengthOf(schema), rangeOf(schema), itemsOf(schema));
    if (preset !== undefined) facts.push(`Default: \`${JSON.stringify(preset)}\`.`);
  }
  return facts.filter((fact) => fact !== undefined).join(' ');
}

function formOf({ format, pattern }: JsonSchema): string | undefined {
  if (format === 'date-time') {
    const hasOffset = pattern?.includes('[+-]') === true;
    return hasOffset ? 'ISO 8601 with an offset or `Z`.' : 'ISO 8601 in UTC, with `Z`.';
  }
  if (format === 'uuid') return 'UUID.';
  if (format === 'uri') return 'URL.';
  if (format === 'email') return 'E-mail address.';
  if (format === 'base64') return 'Base64.';
  return undefined;
}

/** Omits the pattern that zod writes for a standard format, because the name of the format says more. */
function patternOf(schema: JsonSchema): string | undefined {
  const { pattern } = schema;
  return pattern === undefined || formOf(schema) ? undefined : `Pattern: \`${pattern}\`.`;
}

function lengthOf({ format, maxLength }: JsonSchema): string | undefined {
  return maxLength === undefined || format === 'base64'
    ? undefined
    : `At most ${maxLength} characters.`;
}

function rangeOf({ type, minimum, maximum, exclusiveMinimum }: JsonSchema): string | undefined {
  const isWhole = type === 'integer';
  // If a whole number has no limits, zod writes the limits of JavaScript's safe integers.
  const least = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const kind = isWhole ? 'Whole number' : 'Number';
  if (exclusiveMinimum !== undefined) return `${kind} above ${exclusiveMinimum}.`;
  if (least !== undefined && most !== undefined) return `${kind} from ${least} to ${most}.`;
  if (least !== undefined) return `${kind}, at least ${least}.`;
  if (most !== undefined) return `${kind}, at most ${most}.`;
  return isWhole ? 'Whole number.' : undefined;
}

function itemsOf({ minItems, maxItems }: JsonSchema): string | undefined {
  if (minItems !== undefined && maxItems !== undefined) return `${minItems} to ${maxItems} items.`;
  if (maxItems !== undefined) return `At most ${maxItems} items.`;
  return minItems === undefined ? undefined : `At least ${minItems} items.`;
}
