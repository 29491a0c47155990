import { Hono, type Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { describe, entraError, isEntraError, type EntraError } from './entra-error.ts';
import type { Grants } from './grants.ts';
import type { ApiEnv } from '../api/http-faults.ts';
import { atHome, findPerson, sameGuid, type Identities, type Person } from './identities.ts';
import { isLoopbackHost, pageHeaders } from './local-only.ts';
import type { Market } from '../market/market.ts';
import { errorPage, formPostPage, signedOutPage, signInPage } from '../pages/sign-in.ts';
import { ANY_TENANT, checkTenant } from './token-endpoint.ts';

const SESSION_COOKIE = 'emulator_sso';

interface AuthorizeRequest {
  readonly tenant: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly responseMode: 'query' | 'form_post';
  readonly scope: string;
  readonly state: string | null;
  readonly nonce: string | null;
  readonly codeChallenge: string | null;
  readonly prompts: ReadonlySet<string>;
  readonly loginHint: string;
}

/** The authorize endpoint, its sign-in page, and sign-out. */
export function signInRoutes(market: Market, grants: Grants): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use('/:tenant/oauth2/v2.0/authorize', pageHeaders());
  app.use('/:tenant/oauth2/v2.0/logout', pageHeaders());

  app.get('/:tenant/oauth2/v2.0/authorize', (c) => {
    const request = read(c, market.state.identities);
    if (isEntraError(request)) return c.html(errorPage(describe(request)), request.status);
    const hinted = grants.redeemHint(request.loginHint);
    if (hinted && belongs(hinted, request.tenant)) return signIn(c, request, hinted);
    const person = grants.session(getCookie(c, SESSION_COOKIE));
    const asks = ['login', 'select_account'].some((prompt) => request.prompts.has(prompt));
    if (person && !asks && belongs(person, request.tenant)) return finish(c, request, person);
    if (request.prompts.has('none')) {
      const error = entraError(
        'login_required',
        50058,
        'A silent sign-in request was sent but no user is signed in.',
      );
      return respond(c, request, errorParameters(error));
    }
    return page(c, request, { signedIn: person, problem: undefined });
  });

  app.post('/:tenant/oauth2/v2.0/authorize', async (c) => {
    const request = read(c, market.state.identities);
    if (isEntraError(request)) return c.html(errorPage(describe(request)), request.status);
    const form = new URLSearchParams(await c.req.text());
    if (form.has('cancel')) {
      return respond(
        c,
        request,
        errorParameters(
          entraError('access_denied', 65004, 'User declined to consent to access the app.'),
        ),
      );
    }
    const picked = form.get('pick');
    const person = findPerson(market.state.identities, picked ?? form.get('email') ?? '');
    const isKnown = person && (picked !== null || form.get('password') === person.password);
    if (!isKnown || !belongs(person, request.tenant)) {
      const problem = isKnown
        ? 'This account cannot sign in here: the application asked for another tenant.'
        : 'The account or the password is wrong.';
      c.status(401);
      return page(c, request, { signedIn: undefined, problem });
    }
    return signIn(c, request, person);
  });

  app.get('/:tenant/oauth2/v2.0/logout', (c) => {
    grants.closeSession(getCookie(c, SESSION_COOKIE));
    setCookie(c, SESSION_COOKIE, '', { path: '/', maxAge: 0 });
    const target = c.req.query('post_logout_redirect_uri');
    return target !== undefined && isLoopbackUrl(target)
      ? c.redirect(target)
      : c.html(signedOutPage());
  });

  function signIn(
    c: Context<ApiEnv>,
    request: AuthorizeRequest,
    person: Person,
  ): Response | Promise<Response> {
    setCookie(c, SESSION_COOKIE, grants.openSession(person), {
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
    });
    return finish(c, request, person);
  }

  function page(
    c: Context<ApiEnv>,
    request: AuthorizeRequest,
    show: { readonly signedIn: Person | undefined; readonly problem: string | undefined },
  ): Response | Promise<Response> {
    const people = market.state.identities.people.filter((one) => belongs(one, request.tenant));
    const action = `${c.req.path}${new URL(c.req.url).search}`;
    // A hint that was used up is no address.
    const loginHint = request.loginHint.includes('@') ? request.loginHint : '';
    return c.html(signInPage({ people, action, loginHint, ...show }));
  }

  function finish(
    c: Context<ApiEnv>,
    request: AuthorizeRequest,
    person: Person,
  ): Response | Promise<Response> {
    const refusal = market.state.settings.consentRefused[person.tenantId];
    if (refusal !== undefined) {
      const error =
        refusal === 'consent_required'
          ? entraError(
              'consent_required',
              65001,
              'The user or administrator has not consented to use the application.',
            )
          : entraError(
              'access_denied',
              90094,
              'An administrator has set a policy that prevents granting the permissions that the application asks for.',
            );
      return respond(c, request, errorParameters(error));
    }
    const signedIn = ANY_TENANT.has(request.tenant) ? atHome(person) : person;
    return respond(c, request, { code: grants.issueCode({ ...request, person: signedIn }) });
  }

  return app;
}

function read(c: Context<ApiEnv>, identities: Identities): AuthorizeRequest | EntraError {
  const query = (name: string): string => c.req.query(name) ?? '';
  const tenant = (c.req.param('tenant') ?? '').toLowerCase();
  const redirectUri = query('redirect_uri');
  const tenantError = checkTenant(identities, tenant);
  if (tenantError) return tenantError;
  const app = [identities.landingApp, identities.consoleApp].find((one) =>
    sameGuid(query('client_id'), one?.clientId ?? ''),
  );
  if (!app) {
    return entraError(
      'unauthorized_client',
      700016,
      'The application was not found in the directory.',
    );
  }
  if (!isLoopbackUrl(redirectUri)) {
    return entraError(
      'invalid_request',
      50011,
      'The redirect URI specified in the request does not match the redirect URIs configured for the application.',
    );
  }
  if (query('response_type') !== 'code') {
    return entraError(
      'unsupported_response_type',
      700054,
      'Only the response type code is enabled for the application.',
    );
  }
  if (query('code_challenge') !== '' && query('code_challenge_method') !== 'S256') {
    return entraError('invalid_request', 501491, 'The code challenge method must be S256.');
  }
  return {
    tenant,
    clientId: app.clientId,
    redirectUri,
    responseMode: query('response_mode') === 'form_post' ? 'form_post' : 'query',
    scope: query('scope'),
    state: c.req.query('state') ?? null,
    nonce: c.req.query('nonce') ?? null,
    codeChallenge: c.req.query('code_challenge') ?? null,
    prompts: new Set(query('prompt').split(' ')),
    loginHint: query('login_hint'),
  };
}

function respond(
  c: Context<ApiEnv>,
  request: AuthorizeRequest,
  parameters: Readonly<Record<string, string>>,
): Response | Promise<Response> {
  const all = { ...parameters, ...(request.state !== null && { state: request.state }) };
  if (request.responseMode === 'form_post') return c.html(formPostPage(request.redirectUri, all));
  const target = new URL(request.redirectUri);
  for (const [name, value] of Object.entries(all)) target.searchParams.set(name, value);
  return c.redirect(target.href);
}

function errorParameters(error: EntraError): Record<string, string> {
  return { error: error.error, error_description: describe(error) };
}

function belongs(person: Person, tenant: string): boolean {
  if (tenant === 'common') return true;
  if (tenant === 'organizations') return person.kind === 'work';
  if (tenant === 'consumers') return person.kind === 'personal';
  return sameGuid(person.tenantId, tenant);
}

/**
 * All URLs on this machine are registered redirect URIs, with any port, as Entra allows for
 * localhost.
 */
function isLoopbackUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && isLoopbackHost(url.host) && url.username === '';
}
