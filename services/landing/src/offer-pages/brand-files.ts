import type { Context } from 'hono';
import { imageTypes } from './logo.ts';
import type { Db } from '../db/schema.ts';
import { readFile } from '../store/brand-files.ts';

/** Nothing in the file may load, run or be framed, should somebody open it as a page of its own. */
const FILE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/** `GET /landing/assets/brand/:file`: a publisher's logo or colours, under the hash of its content. */
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
