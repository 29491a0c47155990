import type { IncomingMessage } from 'node:http';
import { Hono } from 'hono';
import type { PublicRouter } from '@landfall/contracts/api';
import { PUBLISHER_HEADER, type Admission } from '../api/admission.ts';
import type { noteFailure } from '../api/trpc.ts';
import { notePage } from './pages/notes.ts';
import type { ConsoleContext, ConsoleEnv } from './page-session.ts';

export interface PagePreviewParts {
  readonly router: PublicRouter;
  readonly admission: Pick<Admission, 'admit'>;
  readonly onError: ReturnType<typeof noteFailure>;
  /** The caller's address. */
  readonly addressOf: (req: IncomingMessage) => string;
}

/** The page has its style and its logo inside. It runs nothing, loads nothing and sends nothing. */
const PREVIEW_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "form-action 'none'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  'sandbox',
].join('; ');

/**
 * A draft of a landing page, as a document of its own: the console's policy allows no inline style, and a document that the
 * console made itself would inherit that policy. The console sends the draft as a form into a frame, so that nothing is stored
 * here and any gateway can answer.
 */
export function pagePreviewRoutes(parts: PagePreviewParts): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.post('/page-preview', (c) => preview(parts, c));
  return app;
}

async function preview(parts: PagePreviewParts, c: ConsoleContext): Promise<Response> {
  const { router, admission, addressOf, onError } = parts;
  const fields = new URLSearchParams(await c.req.text());
  const chosen = fields.get('publisher') ?? undefined;
  const call = await admission.admit(
    {
      // A form cannot set the header that commands need, and a preview only reads.
      method: 'GET',
      header: (name) => (name === PUBLISHER_HEADER ? chosen : c.req.header(name)),
      from: addressOf(c.env.incoming),
      signal: c.req.raw.signal,
    },
    1,
  );
  const api = router.createCaller(call, { onError });
  const { html } = await api.offerPages.preview(draftIn(fields));
  if (html === undefined) {
    return c.html(notePage('This draft has problems', 'The console shows them.'), 422);
  }
  c.header('content-security-policy', PREVIEW_POLICY);
  return c.html(html);
}

type Draft = Parameters<
  ReturnType<PagePreviewParts['router']['createCaller']>['offerPages']['preview']
>[0];

/** The procedure checks the input. */
function draftIn(fields: URLSearchParams): Draft {
  try {
    return JSON.parse(fields.get('draft') ?? '') as Draft;
  } catch {
    return {} as Draft;
  }
}
