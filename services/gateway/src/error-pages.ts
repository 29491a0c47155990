import { retryHeaders } from './limits/retry-headers.ts';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyProblem } from '@landfall/service-kit/http-body';

const STYLE =
  ':root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;' +
  'margin:15vh auto;padding:0 1.5rem}h1{font-size:1.5rem}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`;

export interface Answer {
  readonly status: number;
  /** A stable code for programs. */
  readonly error: string;
  readonly title: string;
  readonly text: string;
  readonly retryAfterSeconds?: number | undefined;
}

export const notFound: Answer = {
  status: 404,
  error: 'not-found',
  title: 'Page not found',
  text: 'Check the address, or open your subscription in the marketplace again.',
};

export const methodNotAllowed: Answer = { ...notFound, status: 405, error: 'method-not-allowed' };

export const bodyTooLarge: Answer = {
  status: 413,
  error: 'body-too-large',
  title: 'Too large',
  text: 'This is more data than the page accepts. Make your entries shorter and try again.',
};

/** A restarted service is usually back within this time. */
const UPSTREAM_RETRY_SECONDS = 5;

export const upstreamAway: Answer = {
  status: 503,
  error: 'unavailable',
  title: 'We’ll be right back',
  text:
    'We can’t show this page right now. Your purchase is safe: try again in a few seconds, or select ' +
    '“Configure account” in the marketplace again.',
  retryAfterSeconds: UPSTREAM_RETRY_SECONDS,
};

/** The answer to a body that could not be read. */
export const bodyProblems: Readonly<Record<BodyProblem, Answer>> = {
  'too-large': bodyTooLarge,
  'no-room': upstreamAway,
};

export function tooMany(retryAfterMs: number): Answer {
  return {
    status: 429,
    error: 'too-many-requests',
    title: 'Too many requests',
    text: 'Please wait a moment and try again.',
    retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)),
  };
}

export interface Rendered {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** HTML for browsers, JSON for programs. It contains nothing from the request, so nothing can be reflected. */
export function render(answer: Answer, accept: string | undefined): Rendered {
  const wantsHtml = accept?.includes('text/html') ?? false;
  const retry = answer.retryAfterSeconds;
  return {
    status: answer.status,
    headers: {
      'content-type': wantsHtml ? 'text/html; charset=utf-8' : 'application/json',
      'cache-control': 'no-store',
      ...(wantsHtml ? { 'content-security-policy': POLICY } : {}),
      ...(retry === undefined ? {} : retryHeaders(answer.status, retry * 1000)),
    },
    body: wantsHtml ? html(answer) : JSON.stringify({ error: answer.error, message: answer.text }),
  };
}

/** Sends an answer. If the body of the request was not read, the connection cannot be reused and is closed. */
export function send(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const { status, headers, body } = render(answer, req.headers.accept);
  if (!req.complete) res.setHeader('connection', 'close');
  res.writeHead(status, headers).end(req.method === 'HEAD' ? undefined : body);
}

function html({ title, text }: Answer): string {
  return (
    '<!doctype html><html lang="en"><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width">' +
    `<title>${title}</title><style>${STYLE}</style><h1>${title}</h1><p>${text}</p></html>`
  );
}
