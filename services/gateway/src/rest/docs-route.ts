import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { rejectionHelp } from '@landfall/contracts/rejection-help';
import { rejectionCodes, type RejectionCode } from '@landfall/contracts/rejections';
import { INCIDENTS_PATH } from '@landfall/contracts/incident-address';
import { methodNotAllowed, notFound, send } from '../error-pages.ts';
import { incidentsBody } from './incidents-body.ts';
import { ERRORS_PATH } from './problem.ts';

const DOCUMENT_PATH = '/openapi.json';
const DOCS_PATH = '/docs';
const ASSETS_PATH = '/docs/assets/';

/** No inline script or style, and nothing from another address. Swagger UI has its icons as data. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';
const PAGE = 'text/html; charset=utf-8';

/** The paths, for the metrics. */
export const docsPaths = [
  DOCUMENT_PATH,
  DOCS_PATH,
  ERRORS_PATH,
  INCIDENTS_PATH,
  `${ASSETS_PATH}*`,
] as const;

export function isDocsPath(path: string): boolean {
  return path === DOCUMENT_PATH || path === DOCS_PATH || path.startsWith(`${DOCS_PATH}/`);
}

interface Served {
  readonly type: string;
  readonly body: Buffer;
  readonly zipped: Buffer;
  readonly tag: string;
}

/**
 * The OpenAPI document at `/openapi.json` and its pages at `/docs`, for everyone: they tell nothing about this installation.
 * Each file is computed when it is first asked for, and kept.
 */
export function createDocsRoute({ publicUrl }: { readonly publicUrl: string }) {
  const kept = new Map<string, Promise<Served>>();
  const files = filesOf(publicUrl);
  const keep = (path: string, make: () => Promise<Served>): Promise<Served> => {
    const known = kept.get(path) ?? make();
    kept.set(path, known);
    // The next request tries again.
    known.catch(() => kept.delete(path));
    return known;
  };
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
    const file = files.get(path);
    if (!file) return send(req, res, notFound);
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD');
      return send(req, res, methodNotAllowed);
    }
    const served = await keep(path, async () => prepared(file.type, await file.read()));
    sendFile(req, res, { served, isHashed: path.startsWith(ASSETS_PATH) });
  };
}

function sendFile(
  req: IncomingMessage,
  res: ServerResponse,
  { served, isHashed }: { readonly served: Served; readonly isHashed: boolean },
): void {
  const headers = {
    etag: served.tag,
    vary: 'accept-encoding',
    // Addresses of assets have the package's version, so browsers may keep them.
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': POLICY,
  };
  if (req.headers['if-none-match']?.includes(served.tag)) {
    res.writeHead(304, headers).end();
    return;
  }
  const isZipped = /\bgzip\b/.test(req.headers['accept-encoding'] ?? '');
  const body = isZipped ? served.zipped : served.body;
  res.writeHead(200, {
    ...headers,
    'content-type': served.type,
    'content-length': body.byteLength,
    ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
  });
  res.end(body);
}

async function prepared(type: string, body: Buffer): Promise<Served> {
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { type, body, zipped: await promisify(gzip)(body), tag };
}

interface File {
  readonly type: string;
  readonly read: () => Promise<Buffer>;
}

function filesOf(publicUrl: string): ReadonlyMap<string, File> {
  const text = (type: string, make: () => string | Promise<string>): File => ({
    type,
    read: async () => Buffer.from(await make()),
  });
  const ofPackage = (name: string, type: string): [string, File] => [
    ASSETS_PATH + name,
    { type, read: () => readFile(require.resolve(`swagger-ui-dist/${name}`)) },
  ];
  return new Map([
    [DOCUMENT_PATH, text('application/json', () => documentText(publicUrl))],
    [DOCS_PATH, text(PAGE, docsPage)],
    [ERRORS_PATH, text(PAGE, errorsPage)],
    [INCIDENTS_PATH, text(PAGE, () => page('Incidents', '', incidentsBody()))],
    [`${ASSETS_PATH}docs.js`, text(SCRIPT, () => INIT)],
    [`${ASSETS_PATH}docs.css`, text(STYLE, () => CSS)],
    ofPackage('swagger-ui.css', STYLE),
    ofPackage('swagger-ui-bundle.js', SCRIPT),
  ]);
}

/** Most gateways are never asked for the document, and its modules take 4 MB and a part of the start. */
async function documentText(publicUrl: string): Promise<string> {
  const { openApiDocument } = await import('./openapi.ts');
  return JSON.stringify(openApiDocument(publicUrl));
}

const require = createRequire(import.meta.url);

const INIT = `
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
follow();
dark.addEventListener('change', follow);
SwaggerUIBundle({
  url: '${DOCUMENT_PATH}',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'none',
  validatorUrl: null,
  persistAuthorization: false,
});
`;

const CSS = `
:root { color-scheme: light dark; }
body { margin: 0; }
main { max-width: 46rem; margin: 2rem auto; padding: 0 1.5rem; font: 1rem/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid; padding: .4rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
dt { font-family: ui-monospace, monospace; }
dd { margin: 0 0 .75rem; }
:target { outline: 2px solid; outline-offset: 4px; }
`;

/** Changes when an asset does. */
function assetVersion(): string {
  const { version } = require('swagger-ui-dist/package.json') as { version: string };
  const own = createHash('sha256').update(INIT).update(CSS).digest('hex').slice(0, 8);
  return `${version}-${own}`;
}

function page(title: string, head: string, body: string): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width">' +
    `<title>${title}</title>${head}<link rel="stylesheet" href="${ASSETS_PATH}docs.css?v=${assetVersion()}"></head>` +
    `<body>${body}</body></html>`
  );
}

function docsPage(): string {
  const version = assetVersion();
  const head = `<link rel="stylesheet" href="${ASSETS_PATH}swagger-ui.css?v=${version}">`;
  const scripts = ['swagger-ui-bundle.js', 'docs.js']
    .map((name) => `<script src="${ASSETS_PATH}${name}?v=${version}"></script>`)
    .join('');
  return page('Landfall API', head, `<div id="docs"></div>${scripts}`);
}

/** Where the `type` of a problem leads. */
function errorsPage(): string {
  const statuses = [
    ['BAD_REQUEST', 'The request is invalid. The detail and the issues say what to change.'],
    [
      'UNAUTHORIZED',
      'The API key is missing, unknown, expired or revoked. Check the Authorization header, or create a new key.',
    ],
    [
      'FORBIDDEN',
      'The API key or the role does not have the scope of this call. Use an API key with that scope.',
    ],
    ['NOT_FOUND', 'There is nothing at this address. Check the path in the list of calls.'],
    [
      'METHOD_NOT_SUPPORTED',
      'The address does not accept this method. Use one from the Allow header.',
    ],
    [
      'UNSUPPORTED_MEDIA_TYPE',
      'The address does not read this content type. Send JSON, or for usage CSV.',
    ],
    [
      'PAYLOAD_TOO_LARGE',
      'The body or the answer is too large. Send fewer items, or ask for a smaller page.',
    ],
    [
      'TOO_MANY_REQUESTS',
      'There were too many calls. Wait for the time in the Retry-After header.',
    ],
    [
      'INTERNAL_SERVER_ERROR',
      'This is a mistake in Landfall. Look for the correlation ID in the logs, and report the mistake.',
    ],
    [
      'BAD_GATEWAY',
      'Microsoft or a product refused, and trying again does not help. The field fault says why.',
    ],
    [
      'SERVICE_UNAVAILABLE',
      'A part of Landfall or Microsoft is not available. Nothing was lost. Wait for the time in the Retry-After header, and try again.',
    ],
    [
      'TIMEOUT',
      'The answer took too long. The call may have been carried out. Repeat a command with the same Idempotency-Key.',
    ],
  ] as const;
  const own = Object.entries(rejectionHelp).map(
    ([code, { meaning, nextStep }]) =>
      `<dt id="${code}">${code} (${rejectionCodes[code as RejectionCode]})</dt><dd>${meaning} ${nextStep}</dd>`,
  );
  const general = statuses.map(([code, text]) => `<dt id="${code}">${code}</dt><dd>${text}</dd>`);
  return page(
    'Errors of the Landfall API',
    '',
    `<main><h1>Errors</h1><h2>Statuses</h2><dl>${general.join('')}</dl>` +
      `<h2>Rejections</h2><p>The field <code>rejection</code> of a problem holds one of these codes. Programs may rely on them. The <code>detail</code> says what is wrong in this case.</p><dl>${own.join('')}</dl></main>`,
  );
}
