import { z } from 'zod';
import { INSECURE_ADDRESS, isSecureAddress } from '@landfall/domain/loopback';

/** Schemas with values that are never shown, whatever the variable is called. */
const secrets = z.registry<{ masked: 'all' | 'password' }>();

/** What is wrong with a value if other machines can read the network between it and the server. Undefined: nothing. */
export type NetworkRule = (text: string, env: Environment) => string | undefined;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Rules for values that lead over a network. `PRIVATE_NETWORK=true` switches them off. */
const networkRules = z.registry<{ rule: NetworkRule }>();

/** One variable of a schema, for the reference page. */
export interface Setting {
  readonly name: string;
  /** `optional`: the variable may be absent and has no default. */
  readonly need: 'required' | 'optional' | { readonly default: string };
  readonly purpose: string | undefined;
}

/** A secret from the environment: at least one character, masked in every summary. */
export function secret(): z.ZodType<string> {
  return masked(z.string().min(1), 'all');
}

/** A URL that may contain a password, which summaries omit. */
export function secretUrl(
  protocols: readonly string[],
  options?: {
    /** Several URLs, separated by commas. */
    readonly many?: boolean;
    readonly network?: NetworkRule;
  },
): z.ZodType<string> {
  const isUrl = (text: string): boolean =>
    (options?.many ? urlsOf(text) : [URL.parse(text)]).every(
      (url) => url && protocols.includes(url.protocol) && url.hostname !== '',
    );
  const schemes = protocols.map((protocol) => `${protocol}//`).join(' or ');
  const schema = z.string().refine(isUrl, `must be a URL that begins with ${schemes}`);
  if (options?.network) overNetwork(schema, options.network);
  return masked(schema, 'password');
}

/** An address to which secrets are sent, or at which people enter them. No setting allows plain http to another machine. */
export function secureUrl(): z.ZodType<string> {
  return z
    .url({ protocol: /^https?$/, error: INSECURE_ADDRESS, abort: true })
    .refine(isSecureAddress, INSECURE_ADDRESS);
}

/** Attaches a rule to the schema of a value that leads over a network. */
export function overNetwork<S extends z.ZodType>(schema: S, rule: NetworkRule): S {
  networkRules.add(schema, { rule });
  return schema;
}

/** The URLs of a text, separated by commas. */
export function urlsOf(text: string): (URL | null)[] {
  return text.split(',').map((part) => URL.parse(part.trim()));
}

function masked(schema: z.ZodString, how: 'all' | 'password'): z.ZodType<string> {
  secrets.add(schema, { masked: how });
  return schema;
}

/** The schema of one variable, or the schema of all. */
export type Field = z.core.$ZodType;

/** The fields of an object schema, even if it has refinements and transforms. */
export function fieldsOf(schema: Field): Record<string, Field> {
  let current: Field | undefined = schema;
  while (current) {
    const { def } = current._zod;
    if ('shape' in def) return def.shape as Record<string, Field>;
    current = inner(current);
  }
  return {};
}

/** The schema inside an optional, a default or a pipe. */
function inner(schema: Field): Field | undefined {
  const { def } = schema._zod;
  if ('innerType' in def) return def.innerType as Field;
  if ('in' in def) return def.in as Field;
  return undefined;
}

/** Whether a variable must be given. */
export function needOf(schema: Field): Setting['need'] {
  for (let current: Field | undefined = schema; current; current = inner(current)) {
    const { def } = current._zod;
    if ('defaultValue' in def) return { default: String(def.defaultValue) };
    if (def.type === 'optional') return 'optional';
  }
  return 'required';
}

/** The rule for a value that leads over a network. */
export function networkRuleOf(schema: Field | undefined): NetworkRule | undefined {
  for (let current = schema; current; current = inner(current)) {
    const found = networkRules.get(current as z.ZodType)?.rule;
    if (found) return found;
  }
  return undefined;
}

/** What summaries omit of a value; undefined if its schema names nothing. */
export function maskOf(schema: Field | undefined): 'all' | 'password' | undefined {
  for (let current = schema; current; current = inner(current)) {
    const found = secrets.get(current as z.ZodString)?.masked;
    if (found) return found;
  }
  return undefined;
}

/** The purpose of a variable. */
export function describe(schema: Field | undefined): string | undefined {
  for (let current = schema; current; current = inner(current)) {
    const found = z.globalRegistry.get(current)?.description;
    if (found) return found;
  }
  return undefined;
}
