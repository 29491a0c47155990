import { Fault } from '@landfall/domain/fault';

/** A known word, or one Microsoft added since: never switch on it without a default. */
export type Open<T extends string> = T | (string & {});

/**
 * Reads one JSON object the way Microsoft writes them: keys in any case, some padded with blanks, under
 * older names too; null, "" and absent mean the same, but for seats. Nothing here throws. What is present but cannot be
 * understood reads as absent and is named in `problems` (`term.startDate-invalid`).
 */
export interface Reader {
  text(...names: string[]): string | undefined;
  guid(...names: string[]): string | undefined;
  number(...names: string[]): number | undefined;
  flag(...names: string[]): boolean | undefined;
  date(...names: string[]): Date | undefined;
  /**
   * Seats: a positive whole number; null where null or "" was sent, which means "not per seat"; undefined
   * where nothing was sent. Zero and nonsense are undefined and flagged.
   */
  seats(...names: string[]): number | null | undefined;
  object(...names: string[]): Reader | undefined;
  list(...names: string[]): readonly unknown[];
  value(...names: string[]): unknown;
  flagProblem(problem: string): void;
}

/** A reader for `raw`, or undefined where it is not a JSON object. */
export function reader(raw: unknown, problems: string[], prefix = ''): Reader | undefined {
  return isObject(raw) ? new ObjectReader(raw, problems, prefix) : undefined;
}

/** Holds nothing but what it reads: a list of a hundred thousand subscriptions makes millions of these. */
class ObjectReader implements Reader {
  readonly #raw: Readonly<Record<string, unknown>>;
  readonly #problems: string[];
  readonly #prefix: string;

  constructor(raw: Readonly<Record<string, unknown>>, problems: string[], prefix: string) {
    this.#raw = raw;
    this.#problems = problems;
    this.#prefix = prefix;
  }

  value(...names: string[]): unknown {
    for (const name of names) {
      const asDocumented = Object.hasOwn(this.#raw, name) ? this.#raw[name] : undefined;
      if (isPresent(asDocumented)) return asDocumented;
      for (const key in this.#raw) {
        if (key !== name && isSameKey(key, name) && isPresent(this.#raw[key])) {
          return this.#raw[key];
        }
      }
    }
    return undefined;
  }

  text(...names: string[]): string | undefined {
    return this.#parsed(names, parseText);
  }

  guid(...names: string[]): string | undefined {
    return parseGuid(this.value(...names));
  }

  number(...names: string[]): number | undefined {
    return this.#parsed(names, parseNumber);
  }

  flag(...names: string[]): boolean | undefined {
    return this.#parsed(names, parseFlag);
  }

  date(...names: string[]): Date | undefined {
    return isNoDate(this.value(...names)) ? undefined : this.#parsed(names, parseDate);
  }

  seats(...names: string[]): number | null | undefined {
    if (this.value(...names) !== undefined) return this.#parsed(names, parseSeats);
    return this.#isSent(names) ? null : undefined;
  }

  object(...names: string[]): Reader | undefined {
    return reader(this.value(...names), this.#problems, `${this.#prefix}${names[0]}.`);
  }

  list(...names: string[]): readonly unknown[] {
    const found = this.value(...names);
    return Array.isArray(found) ? found : [];
  }

  flagProblem(problem: string): void {
    this.#problems.push(`${this.#prefix}${problem}`);
  }

  #isSent(names: readonly string[]): boolean {
    return Object.keys(this.#raw).some((key) => names.some((name) => isSameKey(key, name)));
  }

  #parsed<T>(names: readonly string[], parse: (value: unknown) => T | undefined): T | undefined {
    const found = this.value(...names);
    if (found === undefined) return undefined;
    const result = parse(found);
    if (result === undefined) this.flagProblem(`${names[0]}-invalid`);
    return result;
  }
}

/** Most keys differ in their length already, which costs nothing to see. */
function isSameKey(key: string, name: string): boolean {
  const trimmed = key.trim();
  return trimmed.length === name.length && trimmed.toLowerCase() === name.toLowerCase();
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A trimmed, non-empty string; numbers are accepted because some fields changed type over the years. */
export function parseText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return undefined;
  return value.trim() === '' ? undefined : value.trim();
}

const NO_GUID = '00000000-0000-0000-0000-000000000000';

/** GUIDs in lower case, so that they can be compared; the all-zero GUID is .NET's way to say "none". */
export function parseGuid(value: unknown): string | undefined {
  const guid = parseText(value)?.toLowerCase();
  return guid === NO_GUID ? undefined : guid;
}

/** 20, "20" and " 25" are seats; 0, negatives, fractions and words are not. */
export function parseSeats(value: unknown): number | undefined {
  const seats = parseNumber(value);
  return seats !== undefined && Number.isSafeInteger(seats) && seats > 0 ? seats : undefined;
}

// date, optional time, optional fraction of any length, optional zone (absent means UTC)
const DATE =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Microsoft's dates: `YYYY-MM-DD` or ISO 8601 with up to seven digits of a second, often without a zone,
 * which means UTC. Precision beyond a millisecond is cut off. Undefined where it is no date.
 */
export function parseDate(value: unknown): Date | undefined {
  const parts = DATE.exec(parseText(value) ?? '');
  if (!parts) return undefined;
  const [, day, time = '00:00', fraction = '0', zone = 'Z'] = parts;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  const date = new Date(`${day}T${seconds}.${millis}${zone.toUpperCase()}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The items of a list answer, which may be wrapped, a bare array, `{}` or nothing at all. */
export function listItems(body: unknown, name: string): readonly unknown[] {
  if (Array.isArray(body)) return body;
  return reader(body, [])?.list(name) ?? [];
}

/** The link to the next page, as sent; undefined on the last one. */
export function nextLinkOf(body: unknown): string | undefined {
  return reader(body, [])?.text('@nextLink', 'nextLink');
}

/** The known spelling of a word sent in any case; an unknown word stays as it was sent. */
export function canonical(word: string, known: readonly string[]): string {
  return known.find((candidate) => candidate.toLowerCase() === word.toLowerCase()) ?? word;
}

/** A success whose content cannot be used: asking again later may help, acting on it cannot. */
export function unexpectedAnswer(what: string): Fault {
  return new Fault('marketplace.unexpected-answer', `Microsoft answered ${what}`, {
    retry: 'later',
  });
}

function isPresent(value: unknown): boolean {
  return (
    value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '')
  );
}

/** 0001-01-01 is .NET's default date and means "none". */
function isNoDate(value: unknown): boolean {
  return typeof value === 'string' && value.trim().startsWith('0001-01-01');
}

function parseNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value.trim()) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function parseFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = parseText(value)?.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}
