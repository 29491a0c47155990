import type { Context } from 'hono';
import { dropCookie, readCookie, writeCookie } from '@landfall/entra-sign-in/cookies';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';
import { ownPath, type OwnPath } from '../../web/paths.ts';
import type { Entra } from '@landfall/entra-sign-in/entra';
import type { SignInAttempts } from '@landfall/entra-sign-in/sign-in-attempts';

/** As long as a confirmed purchase can be opened. The cookie is only a preference and grants nothing. */
const TENANT_LIFE_MS = 90 * 24 * 60 * 60 * 1000;

export interface SignInDeps {
  readonly entra: Pick<Entra, 'authorizeUrl'>;
  readonly attempts: Pick<SignInAttempts, 'begin'>;
  /** The tenant of the organisation that the purchase at a path is for, if this browser opened the purchase. */
  readonly tenantOf: (c: Context, path: OwnPath) => Promise<string | undefined>;
}

/** `GET /landing/sign-in`: redirects to Microsoft Entra ID. People who are signed in there return without a click. */
export async function signIn(deps: SignInDeps, c: Context): Promise<Response> {
  const back = ownPath(c.req.query('back') ?? '');
  const account = c.req.query('account');
  const tenant = await wantedTenant(deps, c, { account, back });
  const attempt = await deps.attempts.begin(c, { back, tenant });
  const askForAccount = account === 'other' || account === 'organisation';
  return c.redirect(await deps.entra.authorizeUrl(attempt, { askForAccount }), 303);
}

/** A person who has signed in to an organisation's tenant returns to it, unless they ask for another account. */
async function wantedTenant(
  { tenantOf }: SignInDeps,
  c: Context,
  { account, back }: { account: string | undefined; back: OwnPath },
): Promise<string | undefined> {
  if (account === 'organisation') return tenantOf(c, back);
  const known = readCookie(c, 'landfall-tenant');
  if (known === undefined) return undefined;
  // Set again after a successful sign-in: a person who lost that account is not sent there twice.
  dropCookie(c, 'landfall-tenant');
  return account !== 'other' && isLowerCaseGuid(known) ? known : undefined;
}

/** Makes the next sign-in of this browser use the same tenant. */
export function rememberTenant(c: Context, tenant: string | undefined): void {
  if (tenant) writeCookie(c, 'landfall-tenant', { value: tenant, maxAgeMs: TENANT_LIFE_MS });
}
