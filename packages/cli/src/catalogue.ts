/** The calls of the API as `scripts/catalogue.ts` writes them into the built program. */
export type Catalogue = Readonly<Record<string, Namespace>>;
export type Namespace = Readonly<Record<string, Procedure>>;

export interface Procedure {
  readonly kind: 'query' | 'command';
  readonly summary: string;
  readonly method: string;
  /** Such as `/v1/subscriptions/{subscriptionId}`. */
  readonly path: string;
  /** The fields of the input that stand in the path. They are the command's arguments. */
  readonly inPath: readonly string[];
  readonly fields: readonly Field[];
  readonly isDestructive?: true;
  /** The answer is `{ items, nextCursor }`. */
  readonly isList?: true;
  /** Fields of an item, or of the answer, that hold one value. */
  readonly columns?: readonly string[];
}

/** A field of a procedure's input. */
export interface Field {
  readonly name: string;
  /** `json`: an object, or a list of objects. `time`: ISO 8601. */
  readonly type: 'text' | 'number' | 'flag' | 'time' | 'json';
  readonly isMany?: true;
  readonly isRequired?: true;
  readonly canBeNull?: true;
  readonly choices?: readonly string[];
  readonly about?: string;
  /** The value that the API uses if the field is absent. */
  readonly preset?: unknown;
}

/** Replaced by `scripts/build.ts`. */
declare const CATALOGUE: string;
declare const VERSION: string;

export const version: string = VERSION;

/** Parsing text is faster than evaluating the same object as code. */
export function readCatalogue(): Catalogue {
  return JSON.parse(CATALOGUE) as Catalogue;
}

export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
