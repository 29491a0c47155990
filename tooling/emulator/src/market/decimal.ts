interface Decimal {
  readonly digits: bigint;
  /** How many of the digits are after the decimal point. */
  readonly scale: number;
}

/** The exact sum of decimals in JSON's notation, in plain notation without needless zeros. */
export function sumDecimals(texts: readonly string[]): string {
  return write(texts.map(read).reduce(add, { digits: 0n, scale: 0 }));
}

/** The exact product of two decimals. */
export function multiplyDecimals(one: string, other: string): string {
  const [left, right] = [read(one), read(other)];
  return write({ digits: left.digits * right.digits, scale: left.scale + right.scale });
}

/** Exactly half of a decimal. */
export function halfDecimal(text: string): string {
  const { digits, scale } = read(text);
  return write({ digits: digits * 5n, scale: scale + 1 });
}

function read(text: string): Decimal {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

function add(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(one.scale, other.scale);
  return { digits: atScale(one, scale) + atScale(other, scale), scale };
}

function atScale({ digits, scale }: Decimal, wanted: number): bigint {
  return digits * 10n ** BigInt(wanted - scale);
}

/** Only usage is added, which is never negative. */
function write({ digits, scale }: Decimal): string {
  const text = String(digits).padStart(scale + 1, '0');
  const fraction = text.slice(text.length - scale).replace(/0+$/, '');
  return text.slice(0, text.length - scale) + (scale > 0 && fraction !== '' ? `.${fraction}` : '');
}
