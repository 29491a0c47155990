import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { readCookie } from '@landfall/entra-sign-in/cookies';
import { SESSION_COOKIE, type Admission } from '../api/admission.ts';
import type { OpenSession } from '../operators/sessions.ts';

export interface ConsoleEnv {
  Bindings: { incoming: IncomingMessage };
}

export type ConsoleContext = Context<ConsoleEnv>;

export interface PageSessionParts {
  readonly admission: Pick<Admission, 'admitSession'>;
}

/** The session of the person who makes the request. Undefined if no one is signed in. */
export function sessionOf(
  { admission }: PageSessionParts,
  c: ConsoleContext,
): Promise<OpenSession | undefined> {
  return admission.admitSession(readCookie(c, SESSION_COOKIE));
}
