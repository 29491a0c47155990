import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppRules } from './app.ts';
import { MAX_DRAINED_BYTES } from './body.ts';
import { BUSY_HEADERS } from './body-budget.ts';
import { declaredLength, isChunked, readBody, type BodyProblem } from './message-body.ts';
import { currentCorrelationId } from '../log/correlation.ts';

/** An answer that needs no framework. */
export interface DirectAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. If absent, the body is empty. */
  readonly json?: object | undefined;
}

/** The decision on a request: an answer, so that its body is never read, or a function that takes the whole body. */
export type DirectAdmission = DirectAnswer | ((body: Buffer) => Promise<DirectAnswer>);

/** Decides on a request by its headers. Undefined if the request is not for this handler. */
export type AdmitDirect = (req: IncomingMessage) => Promise<DirectAdmission> | undefined;

type DirectRules = Pick<AppRules, 'log' | 'maxBodyBytes' | 'bodies' | 'askForBody'>;

/**
 * Answers requests under the same rules as an application, but without Fetch objects, which cost more than a short
 * handler. The returned function returns false if the request is not for this handler.
 */
export function directHandler(
  admit: AdmitDirect,
  rules: DirectRules,
): (req: IncomingMessage, res: ServerResponse) => boolean {
  return (req, res) => {
    const admission = admit(req);
    if (admission === undefined) return false;
    answerOne(rules, { req, res, admission }).catch((err: unknown) => {
      // A caller that disconnects during its request is not an error.
      if (!req.complete && req.destroyed) return;
      rules.log.error({ err }, 'request failed');
      send(res, failure(500, 'internal-error'));
    });
    return true;
  };
}

async function answerOne(
  rules: DirectRules,
  call: {
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    readonly admission: Promise<DirectAdmission>;
  },
): Promise<void> {
  const { req, res } = call;
  const admission = await call.admission;
  if (typeof admission !== 'function') {
    if (!isDrained(req)) res.setHeader('connection', 'close');
    return send(res, admission);
  }
  rules.askForBody(res);
  const body = await boundedBody(req, res, rules);
  if (typeof body === 'string') {
    res.setHeader('connection', 'close');
    return send(res, problems[body]());
  }
  send(res, await admission(body));
}

const problems: Readonly<Record<BodyProblem, () => DirectAnswer>> = {
  'too-large': () => failure(413, 'body-too-large'),
  // Not 4xx, because Microsoft would take that as a decision.
  'no-room': () => ({ ...failure(503, 'busy'), headers: BUSY_HEADERS }),
};

/** Reserves memory for a declared length before the body arrives, and for a chunked body as it arrives. */
function boundedBody(
  req: IncomingMessage,
  res: ServerResponse,
  { maxBodyBytes, bodies }: DirectRules,
): Promise<Buffer | BodyProblem> {
  const reserve = bodies.reserveFor(res, req.headers.authorization);
  if (isChunked(req)) return readBody(req, maxBodyBytes, reserve);
  if (!reserve(declaredLength(req))) return Promise.resolve('no-room');
  return readBody(req, maxBodyBytes, () => true);
}

/** Whether the unread body is dropped. If not, the connection cannot carry another request. */
function isDrained(req: IncomingMessage): boolean {
  return !isChunked(req) && declaredLength(req) <= MAX_DRAINED_BYTES;
}

/** An error for a program, with the id that the request has in the log. */
export function failure(status: number, error: string): DirectAnswer {
  return { status, json: { error, correlationId: currentCorrelationId() } };
}

/** Sends the answer, unless one has been sent. */
export function send(res: ServerResponse, { status, headers, json }: DirectAnswer): void {
  if (res.headersSent) return;
  if (json === undefined) {
    res.writeHead(status, { ...headers, 'content-length': 0 }).end();
    return;
  }
  const fixed = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  res.writeHead(status, { ...fixed, ...headers }).end(JSON.stringify(json));
}
