import { Fault } from '@landfall/domain/fault';

/** A known word, or one that Microsoft has added since. Never switch on it without a default. */
export type Open<T extends string> = T | (string & {});

/**
 * Reads one JSON object as Microsoft writes it: keys in any case, some padded with blanks, some under older
 * names. null, "" and absent mean the same, except for seats. Never throws: a value that cannot be read
 * counts as absent and is named in `problems` (`term.startDate-invalid`).
 */
export interface Reader {
  text(...names: string[]): string | undefined;
  guid(...names: string[]): string | undefined;
  number(...names: string[]): number | undefined;
  /** An exact decimal as text, from a number or a string: see `decimalText`. */
  decimal(...names: string[]): string | undefined;
  flag(...names: string[]): boolean | undefined;
  date(...names: string[]): Date | undefined;
  /**
   * Seats: a positive whole number. null if null or "" was sent, which means "not per seat"; undefined if
   * nothing was sent. Zero and invalid values are undefined and flagged.
   */
  seats(...names: string[]): number | null | undefined;
  object(...names: string[]): Reader | undefined;
  list(...names: string[]): readonly unknown[];
  /** Readers for the objects in a list. undefined if nothing was sent; a value that is no list is flagged. */
  objects(...names: string[]): readonly Reader[] | undefined;
  value(...names: string[]): unknown;
  flagProblem(problem: string): void;
}

/** A reader for `raw`, or undefined if it is not a JSON object. */
export function reader(raw: unknown, problems: string[], prefix = ''): Reader | undefined {
  return isObject(raw) ? new ObjectReader(raw, problems, prefix) : undefined;
}

/** Keeps no cache, because a list of a hundred thousand subscriptions creates millions of readers. */
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

  decimal(...names: string[]): string | undefined {
    return this.#parsed(names, decimalText);
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

  objects(...names: string[]): readonly Reader[] | undefined {
    const items = this.#parsed(names, (found) => (Array.isArray(found) ? found : undefined));
    const prefix = `${this.#prefix}${names[0]}.`;
    return items?.flatMap((item) => reader(item, this.#problems, prefix) ?? []);
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

/** Compares lengths first, because most keys already differ there. */
function isSameKey(key: string, name: string): boolean {
  const trimmed = key.trim();
  return trimmed.length === name.length && trimmed.toLowerCase() === name.toLowerCase();
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A trimmed, non-empty string. Accepts numbers, because some fields have changed their type over the years. */
export function parseText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return undefined;
  return value.trim() === '' ? undefined : value.trim();
}

const NO_GUID = '00000000-0000-0000-0000-000000000000';

/** A GUID in lower case, so that it can be compared. The all-zero GUID is .NET's value for "none". */
export function parseGuid(value: unknown): string | undefined {
  const guid = parseText(value)?.toLowerCase();
  return guid === NO_GUID ? undefined : guid;
}

/** Accepts 20, "20" and " 25" as seats, but not 0, negative numbers, fractions and words. */
export function parseSeats(value: unknown): number | undefined {
  const seats = parseNumber(value);
  return seats !== undefined && Number.isSafeInteger(seats) && seats > 0 ? seats : undefined;
}

// date, optional time, optional fraction of any length, optional zone (absent means UTC)
const DATE =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Parses Microsoft's dates: `YYYY-MM-DD`, or ISO 8601 with up to seven decimals of a second, often without a
 * zone, which means UTC. Cuts off everything below a millisecond. Undefined if it is not a date.
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

/** The items of a list answer, which may be wrapped, a bare array, `{}` or empty. */
export function listItems(body: unknown, name: string): readonly unknown[] {
  if (Array.isArray(body)) return body;
  return reader(body, [])?.list(name) ?? [];
}

/** The link to the next page, as sent; undefined on the last page. */
export function nextLinkOf(body: unknown): string | undefined {
  return reader(body, [])?.text('@nextLink', 'nextLink');
}

/** The known spelling of a word in any case. An unknown word stays as sent. */
export function canonical(word: string, known: readonly string[]): string {
  return known.find((candidate) => candidate.toLowerCase() === word.toLowerCase()) ?? word;
}

/** The fault for a success with unusable content. Asking again later may help. */
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

/** No price or quantity is longer than this, or has a larger exponent. */
const MAX_DECIMAL_LENGTH = 64;

/**
 * A decimal in plain notation, without exponent and needless zeros: `1.50e3` is `1500`. No digit is lost.
 * undefined for anything but a decimal.
 */
export function decimalText(value: unknown): string | undefined {
  const text = parseText(value) ?? '';
  if (text.length > MAX_DECIMAL_LENGTH) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === undefined || Math.abs(Number(exponent)) > MAX_DECIMAL_LENGTH) return undefined;
  const point = whole.length + Number(exponent);
  const digits = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`.padEnd(point, '0');
  const units = digits.slice(0, Math.max(1, point)).replace(/^0+(?=\d)/, '');
  const parts = digits.slice(Math.max(1, point)).replace(/0+$/, '');
  const plain = parts === '' ? units : `${units}.${parts}`;
  return sign === '-' && plain !== '0' ? `-${plain}` : plain;
}

function parseFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = parseText(value)?.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}
