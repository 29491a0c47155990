import { Hono } from 'hono';
import { COMMAND_HEADER, isSameOrigin } from '../api/admission.ts';
import type { OpenSession } from '../operators/sessions.ts';
import {
  sessionOf,
  type ConsoleContext,
  type ConsoleEnv,
  type PageSessionParts,
} from './page-session.ts';

/** The control API of the local marketplace. */
const CONTROL_PATH = '/_emulator';
/** Moving the clock by a day runs everything that is due in that day. */
const TIMEOUT_MS = 30_000;

interface LocalParts extends PageSessionParts {
  readonly publicUrl: string;
  readonly marketplaceUrl: string;
}

/**
 * Lets people disturb the local marketplace, to see what Landfall does then. The routes exist only with the local marketplace.
 * Everyone sees what is disturbed; operators and admins for all publishers disturb it.
 */
export function localMarketplaceRoutes(parts: LocalParts): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/local', async (c) => {
    const session = await sessionOf(parts, c);
    if (!session) return refused(c, 401);
    const [faults, presets, clock] = await Promise.all([
      ask(parts, 'GET', '/faults/active'),
      ask(parts, 'GET', '/presets'),
      ask(parts, 'GET', '/clock'),
    ]);
    return c.json({ mayDisturb: mayDisturb(session), faults, presets, clock });
  });
  app.post('/local/presets/:name{[a-z-]+}', (c) =>
    disturb(parts, c, { method: 'POST', path: `/presets/${c.req.param('name')}` }),
  );
  app.delete('/local/faults/:which{[\\w-]+}', (c) =>
    disturb(parts, c, { method: 'DELETE', path: `/faults/${c.req.param('which')}` }),
  );
  return app;
}

async function disturb(
  parts: LocalParts,
  c: ConsoleContext,
  change: { readonly method: 'POST' | 'DELETE'; readonly path: string },
): Promise<Response> {
  const isOwn =
    isSameOrigin((name) => c.req.header(name), new URL(parts.publicUrl).origin) &&
    c.req.header(COMMAND_HEADER) === '1';
  const session = isOwn ? await sessionOf(parts, c) : undefined;
  if (!session) return refused(c, isOwn ? 401 : 403);
  if (!mayDisturb(session)) return refused(c, 403);
  await ask(parts, change.method, change.path);
  return c.json({ faults: await ask(parts, 'GET', '/faults/active') });
}

/** The disturbance hits every publisher. */
function mayDisturb({ roles }: OpenSession): boolean {
  return roles.some(({ role, publisherId }) => role !== 'viewer' && publisherId === null);
}

function refused(c: ConsoleContext, status: 401 | 403): Response {
  const message =
    status === 401
      ? 'Sign in first.'
      : 'Only an operator or admin for all publishers can disturb the local marketplace, from the console.';
  return c.json({ error: { message } }, status);
}

async function ask(
  { marketplaceUrl }: LocalParts,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
): Promise<unknown> {
  const response = await fetch(new URL(CONTROL_PATH + path, marketplaceUrl), {
    method,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(method === 'POST' && { headers: { 'content-type': 'application/json' }, body: '{}' }),
  });
  if (!response.ok) throw new Error(`the local marketplace answered ${response.status} to ${path}`);
  return response.status === 204 ? undefined : await response.json();
}
