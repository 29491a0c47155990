import type { IncomingMessage } from 'node:http';
import { Hono } from 'hono';
import type { PublicRouter } from '@landfall/contracts/api';
import type { Call } from '@landfall/contracts/procedures';
import { readCookie } from '@landfall/entra-sign-in/cookies';
import { sameText } from '@landfall/entra-sign-in/random';
import { isSameOrigin, SESSION_COOKIE, type Admission } from '../api/admission.ts';
import type { noteFailure } from '../api/trpc.ts';
import { callerOf } from '../operators/caller.ts';
import { createKey, homePage, inviteOperator } from './access-forms.ts';
import { notePage } from './pages/notes.ts';
import {
  accessPath,
  formKeyOf,
  type ConsoleContext,
  type ConsoleEnv,
  type SentForm,
  type Visit,
} from './visit.ts';

export interface AccessParts {
  readonly router: PublicRouter;
  readonly admission: Pick<Admission, 'admitSession'>;
  readonly onError: ReturnType<typeof noteFailure>;
  /** The caller's address. */
  readonly addressOf: (req: IncomingMessage) => string;
  readonly publicUrl: string;
}

/** Keys and people, as plain pages with forms, below `/console`. They call the same procedures as programs do. */
export function accessRoutes(parts: AccessParts): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>({ strict: false });
  app.get('/access', async (c) => {
    const visit = await visitOf(parts, c, c.req.query('publisher'));
    return visit ? homePage(c, visit) : c.redirect('/console/sign-in?to=/console/access', 303);
  });
  const forms = {
    '/access/keys': createKey,
    '/access/keys/revoke': revokeKey,
    '/access/operators/invite': inviteOperator,
    '/access/operators/remove': removeOperator,
    '/access/operators/end-sessions': endSessions,
  } as const;
  for (const [path, answer] of Object.entries(forms)) {
    app.post(path, async (c) => {
      const sent = await readForm(parts, c);
      return sent instanceof Response ? sent : answer(c, sent);
    });
    // A browser can load the address of a form again from its history.
    app.get(path, (c) => c.redirect(accessPath(undefined), 303));
  }
  return app;
}

async function revokeKey(c: ConsoleContext, { visit, fields }: SentForm): Promise<Response> {
  await visit.api.keys.revoke({ keyId: fields['keyId'] ?? '' });
  return c.redirect(accessPath(visit.publisherId), 303);
}

async function removeOperator(c: ConsoleContext, { visit, fields }: SentForm): Promise<Response> {
  await visit.api.operators.remove({ operatorId: fields['operatorId'] ?? '' });
  return c.redirect(accessPath(visit.publisherId), 303);
}

async function endSessions(c: ConsoleContext, { visit, fields }: SentForm): Promise<Response> {
  await visit.api.operators.endSessions({ operatorId: fields['operatorId'] ?? '' });
  return c.redirect(accessPath(visit.publisherId), 303);
}

/** Undefined if no one is signed in. */
async function visitOf(
  { router, admission, addressOf, onError, publicUrl }: AccessParts,
  c: ConsoleContext,
  publisher: string | undefined,
): Promise<Visit | undefined> {
  const token = readCookie(c, SESSION_COOKIE);
  const { signal } = c.req.raw;
  const admitted = await admission.admitSession(token, addressOf(c.env.incoming), signal);
  if (!admitted) return undefined;
  const { session } = admitted;
  const publisherId = publisher?.trim() || undefined;
  const apiFor = (chosen: string | undefined) => {
    const call: Call = {
      ...admitted.call,
      callerFor: (named) => callerOf(session, chosen ?? named),
    };
    return router.createCaller(call, { onError });
  };
  return {
    session,
    publisherId,
    publicUrl,
    api: apiFor(publisherId),
    everywhere: apiFor(undefined),
    formKey: formKeyOf(token ?? ''),
  };
}

/** Reads a form of ours. Anything else is answered with a redirect to sign in, or with 403. */
async function readForm(parts: AccessParts, c: ConsoleContext): Promise<SentForm | Response> {
  const ownOrigin = new URL(parts.publicUrl).origin;
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '');
  const fields: Record<string, string> = isForm
    ? Object.fromEntries(new URLSearchParams(await c.req.text()))
    : {};
  const isOwn = isForm && isSameOrigin((name) => c.req.header(name), ownOrigin);
  const visit = isOwn ? await visitOf(parts, c, fields['publisher']) : undefined;
  if (isOwn && !visit) return c.redirect('/console/sign-in?to=/console/access', 303);
  if (visit && sameText(visit.formKey, fields['formKey'] ?? '')) return { visit, fields };
  return c.html(
    notePage('This form is not valid here', 'Nothing was changed. Open the console and try again.'),
    403,
  );
}
