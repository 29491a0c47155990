import { z } from 'zod';
import { badRequest, refusal, type Problem } from './problem.ts';

export type Input = { readonly input: Record<string, unknown> } | { readonly problem: Problem };

/**
 * The input of a call from its URL: the fields in the path, and the parameters as their schemas want them. Text that is no
 * number or boolean stays text, so that the schema explains it. So does an unknown parameter.
 */
export function inputFromUrl(
  schema: z.ZodType,
  {
    query,
    inPath,
  }: { readonly query: URLSearchParams; readonly inPath: Readonly<Record<string, string>> },
): Input {
  const fields = fieldsOf(schema);
  const input: Record<string, unknown> = { ...inPath };
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    if (name in inPath) return twice(name);
    const field = unwrapped(fields.get(name));
    if (field instanceof z.ZodArray) {
      const { element } = field;
      input[name] = values.map((value) => valueOf(unwrapped(element), value));
    } else if (values.length > 1) {
      return { problem: badRequest(`Send "${name.slice(0, MAX_NAME)}" once.`) };
    } else {
      input[name] = valueOf(field, values[0] ?? '');
    }
  }
  return { input };
}

/** The input of a call from its JSON body and the fields in its path. */
export function inputFromBody(
  body: Buffer,
  {
    contentType,
    inPath,
  }: {
    readonly contentType: string | undefined;
    readonly inPath: Readonly<Record<string, string>>;
  },
): Input {
  if (body.byteLength === 0) return { input: { ...inPath } };
  if (!/^application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i.test(contentType ?? '')) {
    const detail = 'Send the body as JSON, with "Content-Type: application/json".';
    return { problem: refusal('UNSUPPORTED_MEDIA_TYPE', detail) };
  }
  const given = parse(body);
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { problem: badRequest('The body must be a JSON object in UTF-8.') };
  for (const [name, value] of Object.entries(inPath)) {
    const inBody: unknown = Reflect.get(given, name);
    if (inBody !== undefined && inBody !== value) return twice(name);
  }
  return { input: { ...given, ...inPath } };
}

const MAX_NAME = 60;

function twice(name: string): Input {
  return { problem: badRequest(`"${name}" is in the path. Do not send another one.`) };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

export function fieldsOf(schema: z.ZodType): ReadonlyMap<string, z.core.$ZodType> {
  return new Map(schema instanceof z.ZodObject ? Object.entries(schema.shape) : []);
}

function valueOf(field: z.core.$ZodType | undefined, text: string): unknown {
  if (field instanceof z.ZodNumber) return NUMBER.test(text) ? Number(text) : text;
  if (field instanceof z.ZodBoolean) return text === 'true' || (text === 'false' ? false : text);
  return text;
}

/** As JSON writes numbers. */
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A schema without the wrappers that make it optional. */
function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return unwrapped(schema.unwrap());
  return schema;
}
