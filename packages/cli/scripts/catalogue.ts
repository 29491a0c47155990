import { z } from 'zod';
import { publicProcedures } from '@landfall/contracts/api';
import type { Procedures } from '@landfall/contracts/procedures';
import { bodyRoute, restRoute } from '@landfall/contracts/rest-routes';
import type { Catalogue, Field, Procedure } from '../src/catalogue.ts';

/** The parts of JSON Schema that matter here. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly format?: string;
}

/** Every call of the API, in the compact form that the program carries. */
export function createCatalogue(): Catalogue {
  const table: Procedures = publicProcedures;
  const namespaces = Object.entries(table).map(([namespace, specs]) => {
    // The command line has its own way to follow a stream, and calls with a key.
    const named = Object.entries(specs).flatMap(([name, spec]) =>
      spec.kind === 'stream' || spec.isForPeople
        ? []
        : [[name, procedureOf({ namespace, name }, spec, spec.kind)] as const],
    );
    return [namespace, Object.fromEntries(named)] as const;
  });
  return Object.fromEntries(namespaces.filter(([, calls]) => Object.keys(calls).length > 0));
}

type Spec = Procedures[string][string];

function procedureOf(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  spec: Spec,
  kind: Procedure['kind'],
): Procedure {
  const { method, path, inPath } = bodyRoute(spec) ?? restRoute(namespace, name, spec);
  const input = schemaOf(spec.input, 'input');
  const output = schemaOf(spec.output, 'output');
  // The `items` of a command's answer are what it did, not pages of a list.
  const items = kind === 'query' ? output.properties?.['items']?.items : undefined;
  return {
    kind,
    summary: spec.summary,
    method,
    path,
    inPath,
    fields: Object.entries(input.properties ?? {}).map(([field, schema]) =>
      fieldOf(field, schema, input.required?.includes(field) === true),
    ),
    ...(spec.isDestructive && { isDestructive: true }),
    ...(items && { isList: true }),
    ...(items && { columns: columnsOf(items) }),
  };
}

function fieldOf(name: string, schema: Schema, isRequired: boolean): Field {
  const { items, preset, about, ...rest } = withoutNull(schema);
  const one = items ?? rest.schema;
  const type = typeOf(one);
  return {
    name,
    type,
    ...(items && type !== 'json' && { isMany: true }),
    ...(isRequired && preset === undefined && { isRequired: true }),
    ...(rest.canBeNull && { canBeNull: true }),
    ...(one.enum && { choices: one.enum.map(String) }),
    ...(about !== undefined && { about }),
    ...(preset !== undefined && { preset }),
  };
}

function withoutNull(schema: Schema) {
  const { description: about, default: preset } = schema;
  const kinds = schema.anyOf ?? [schema];
  const found = kinds.filter(({ type }) => type !== 'null');
  const isText = found.length > 1 && found.some(({ type }) => type === 'string');
  const inner: Schema = isText ? { type: 'string' } : (found[0] ?? {});
  const isList = inner.type === 'array';
  return {
    schema: inner,
    items: isList ? (inner.items ?? {}) : undefined,
    canBeNull: found.length < kinds.length,
    about: about ?? inner.description,
    preset,
  };
}

function typeOf(schema: Schema): Field['type'] {
  const { type } = schema;
  if (type === 'string' || schema.enum) return schema.format === 'date-time' ? 'time' : 'text';
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'boolean' ? 'flag' : 'json';
}

/** Fields of an item that hold one value: these can be columns. */
function columnsOf(item: Schema): string[] {
  const fields = Object.entries(item.properties ?? {});
  return fields.filter(([, schema]) => isScalar(schema)).map(([name]) => name);
}

function isScalar(schema: Schema): boolean {
  const types = (schema.anyOf ?? [schema]).map((one) => (one.enum ? 'string' : one.type));
  return types.every((type) => type !== undefined && type !== 'object' && type !== 'array');
}

/** zod keeps a field's comment in its own registry; the override copies it. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const description = z.globalRegistry.get(zodSchema)?.description;
      if (description !== undefined) jsonSchema.description = description;
    },
  }) as Schema;
}
