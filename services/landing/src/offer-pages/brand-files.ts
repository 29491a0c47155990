import type { Context } from 'hono';
import type { Db } from '../db/schema.ts';
import { readFile } from '../store/brand-files.ts';
import { imageTypes } from './logo.ts';

/** If a browser opens the file as a page, it may load nothing, run nothing and not be framed. */
const FILE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/** `GET /landing/assets/brand/:file`: a publisher's logo or colours. The file name is the hash of its content. */
export async function brandFile({ db }: { readonly db: Db }, c: Context): Promise<Response> {
  const name = c.req.param('file') ?? '';
  const [, extension = ''] = /^[0-9a-f]{64}\.(css|png|webp|svg)$/.exec(name) ?? [];
  const content = extension ? await readFile(db, name) : undefined;
  if (!content) return c.notFound();
  c.header('content-security-policy', FILE_POLICY);
  return c.body(new Uint8Array(content), 200, {
    'content-type': imageTypes[extension] ?? 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
}
