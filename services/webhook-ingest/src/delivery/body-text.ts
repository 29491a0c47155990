import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';

/** Microsoft's bodies are about 2 KB. A body that unpacks to more than this is not a notification. */
const MAX_TEXT_BYTES = 256 * 1024;

type Unpack = (bytes: Uint8Array, limit: { maxOutputLength: number }) => Promise<Uint8Array>;

const unpackers = new Map<string, Unpack>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
  ['zstd', promisify(zstdDecompress)],
]);

export interface BodyText {
  /** Empty if the bytes are not text. */
  readonly text: string;
  readonly problem?: 'body-not-unpacked' | undefined;
}

/**
 * The body of a notification as text, unpacked and decoded. A proxy between Microsoft and us may compress it,
 * with or without a header. Never throws: a body that cannot be unpacked within the limit has the problem
 * `body-not-unpacked`.
 */
export async function bodyText(
  bytes: Uint8Array,
  contentEncoding: string | undefined,
): Promise<BodyText> {
  try {
    return { text: decode(await unpacked(bytes, contentEncoding)) };
  } catch {
    return { text: '', problem: 'body-not-unpacked' };
  }
}

async function unpacked(
  bytes: Uint8Array,
  contentEncoding: string | undefined,
): Promise<Uint8Array> {
  const declared = isGzip(bytes) ? 'gzip' : (contentEncoding ?? '').trim().toLowerCase();
  // A proxy may unpack a body and leave the header in place. Packed bytes never begin like JSON.
  if (declared === '' || declared === 'identity' || isJsonLike(bytes)) return bytes;
  const unpack = unpackers.get(declared);
  if (!unpack) throw new TypeError('unknown content encoding');
  return await unpack(bytes, { maxOutputLength: MAX_TEXT_BYTES });
}

/** RFC 1952: the first two bytes of every gzip member. JSON never begins with them. */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function isJsonLike(bytes: Uint8Array): boolean {
  if (bytes[0] === OPENING_BRACE) return true;
  return /^(?:\u00ef\u00bb\u00bf)?\s*[{[]/.test(
    Buffer.from(bytes.subarray(0, 16)).toString('latin1'),
  );
}

/** Nearly every body begins with `{`, and needs no search for a byte order mark or blanks. */
const OPENING_BRACE = 0x7b;

/** One decoder for all bodies, because creating one costs as much as decoding a body. It keeps no state between bodies. */
const utf8 = new TextDecoder();

/** UTF-8, unless the bytes begin with another byte order mark. RFC 8259 allows only UTF-8 for JSON. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return utf8.decode(bytes);
}
