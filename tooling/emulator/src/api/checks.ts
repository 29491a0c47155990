import type { MiddlewareHandler } from 'hono';
import { failure } from './body.ts';
import { API_VERSION, MARKETPLACE_APPLICATION_ID } from '../market/constants.ts';
import type { ApiEnv } from './http-faults.ts';
import { sameGuid } from '../authority/identities.ts';
import { findSubscription, type Market } from '../market/market.ts';
import { isSoldBy, sellers, type Seller } from '../market/sellers.ts';
import { issuerOf, type TokenIssuer } from '../authority/tokens.ts';

/** Largest request body: 25 usage events need about 8 KB. */
const BODY_MAX_BYTES = 256 * 1024;

/** Checks that run after an endpoint's faults, in the order in which Microsoft makes them. */
export type ApiChecks = readonly [
  MiddlewareHandler<ApiEnv>,
  MiddlewareHandler<ApiEnv>,
  MiddlewareHandler<ApiEnv>,
];

export function apiChecks(market: Market, issuer: TokenIssuer): ApiChecks {
  return [authenticated(market, issuer), versioned(), withReadableBody()];
}

/**
 * Only a publisher's registered fulfillment application, in the publisher's tenant, may call, and
 * only for subscriptions to that publisher's offers.
 */
function authenticated(market: Market, issuer: TokenIssuer): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const token = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const seller = token === undefined ? undefined : await callerOf(market, issuer, token);
    if (seller) {
      const subscription = findSubscription(market, c.req.param('subscriptionId') ?? '');
      if (subscription && !isSoldBy(market, subscription, seller)) {
        return failure(c, 403, 'Forbidden', 'The subscription is of another publisher.');
      }
      c.set('seller', seller);
      return next();
    }
    const status = market.state.settings.oddities.authFailureStatus === 'measured' ? 401 : 403;
    return c.json(
      {
        code: status === 403 ? 'Forbidden' : 'Unauthorized',
        message: 'The authorization token is missing, invalid, or belongs to another publisher.',
      },
      status,
    );
  };
}

async function callerOf(
  market: Market,
  issuer: TokenIssuer,
  token: string,
): Promise<Seller | undefined> {
  try {
    const claims = await issuer.keyring.verify(token);
    if (!sameGuid(claims.aud, MARKETPLACE_APPLICATION_ID)) return undefined;
    return sellers(market.state.identities).find(({ tenantId, fulfillmentApp }) => {
      const issuers = ([1, 2] as const).map((version) =>
        issuerOf(issuer.authorityUrl, tenantId, version),
      );
      return (
        sameGuid(claims['tid'], tenantId) &&
        sameGuid(claims['appid'] ?? claims['azp'], fulfillmentApp.clientId) &&
        issuers.includes(claims.iss ?? '')
      );
    });
  } catch {
    // Expired, signed by an unknown key, another algorithm, or no token: the caller gets the same
    // answer.
    return undefined;
  }
}

/** Microsoft's only answer in PascalCase. */
function versioned(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const version = c.req.query('api-version');
    if (version === API_VERSION) return next();
    const Code = version ? 'UnsupportedApiVersion' : 'ApiVersionUnspecified';
    const Message = version
      ? `The HTTP resource does not support the API version '${version}'.`
      : 'An API version is required, but was not specified.';
    return c.json({ Error: { Code, Message } }, 400);
  };
}

function withReadableBody(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const text = c.req.method === 'GET' ? '' : await c.req.text();
    if (text === '') return next();
    if (text.length > BODY_MAX_BYTES) return c.json({ message: 'The body is too large.' }, 413);
    const type = c.req.header('content-type') ?? '';
    if (!/^application\/json\s*(;|$)/i.test(type)) {
      return c.json({ message: 'The content type must be application/json.' }, 415);
    }
    return next();
  };
}
