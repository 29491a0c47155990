import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `turbo run build --filter=@landfall/console` puts the app in a checkout. */
export const checkoutFolder = fileURLToPath(
  new URL('../../../../packages/console/dist', import.meta.url),
);

/** The content types of what the build writes. Anything else is not served. */
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Compressed copies that the build writes beside a file, the smallest first. */
const codings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

interface BuiltFile {
  readonly type: string;
  readonly plain: Buffer<ArrayBuffer>;
  readonly compressed: ReadonlyMap<string, Buffer<ArrayBuffer>>;
  readonly tag: string;
}

/** The files of the built console app. */
export interface AppFiles {
  /**
   * The answer with a file, or undefined if the build has no such file. `name` is relative to the folder, such as
   * `assets/main-4f1d09c2.js`. Names that leave the folder have no file.
   */
  serve(name: string, request: Request): Promise<Response | undefined>;
}

/**
 * Files below `assets/` have a hash in their name, so browsers keep them for a year and they are read once. The others are
 * read again for each request, so that a new build needs no restart.
 */
export function createAppFiles(folder: string): AppFiles {
  const kept = new Map<string, BuiltFile>();
  return {
    async serve(name, request) {
      const isHashed = name.startsWith('assets/');
      const file = kept.get(name) ?? (await readBuilt(folder, name));
      if (file === undefined) return undefined;
      if (isHashed) kept.set(name, file);
      return answer(request, file, isHashed);
    },
  };
}

function answer(request: Request, file: BuiltFile, isHashed: boolean): Response {
  const headers = new Headers({
    'content-type': file.type,
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.tag,
    vary: 'accept-encoding',
  });
  if (request.headers.get('if-none-match')?.includes(file.tag)) {
    return new Response(null, { status: 304, headers });
  }
  const accepted = request.headers.get('accept-encoding') ?? '';
  const coding = [...file.compressed.keys()].find((one) => accepts(accepted, one));
  const body = (coding && file.compressed.get(coding)) || file.plain;
  if (coding) headers.set('content-encoding', coding);
  headers.set('content-length', String(body.byteLength));
  return new Response(body, { headers });
}

/** Whether an Accept-Encoding header names the coding and does not refuse it with `q=0` (RFC 9110, 12.5.3). */
function accepts(header: string, coding: string): boolean {
  return header.split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return name === coding && !parameters.some((text) => /^q=0(?:\.0*)?$/.test(text));
  });
}

async function readBuilt(folder: string, name: string): Promise<BuiltFile | undefined> {
  const type = types[path.extname(name)];
  // Each part begins with a letter, a digit, a hyphen or an underscore: no `..`, no hidden file, no absolute path.
  if (type === undefined || !/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/.test(name)) return undefined;
  const plain = await readIfThere(path.join(folder, name));
  if (plain === undefined) return undefined;
  const compressed = new Map<string, Buffer<ArrayBuffer>>();
  for (const [coding, suffix] of codings) {
    const bytes = await readIfThere(path.join(folder, name + suffix));
    if (bytes) compressed.set(coding, bytes);
  }
  const tag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { type, plain, compressed, tag };
}

async function readIfThere(file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}
