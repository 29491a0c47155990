import { Hono, type Context } from 'hono';
import type { ApiChecks } from './checks.ts';
import { failure, readBody } from './body.ts';
import { withFaults, type ApiEnv } from './http-faults.ts';
import { findOperation, findSubscription, operationsOf, type Market } from '../market/market.ts';
import { OPERATIONS_LIST_LAG_MS } from '../market/oddities.ts';
import { settleOperation } from '../market/operations.ts';
import { isOperationShown } from '../market/record-lag.ts';
import type { OperationRecord } from '../market/state.ts';
import { toOperation } from '../market/wire.ts';

/** The calls to list, get and answer operations. */
export function operationRoutes(market: Market, checks: ApiChecks): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>({ strict: false });
  const one = '/:subscriptionId/operations/:operationId';
  const known = (
    c: Context<ApiEnv>,
    act: (operation: OperationRecord) => Response | Promise<Response>,
  ): Response | Promise<Response> => {
    const operation = findOperation(
      market,
      c.req.param('subscriptionId') ?? '',
      c.req.param('operationId') ?? '',
    );
    return operation ? act(operation) : unknownOperation(c, market);
  };

  app.get('/:subscriptionId/operations', withFaults(market, 'listOperations'), ...checks, (c) =>
    list(c, market),
  );
  app.get(one, withFaults(market, 'getOperation'), ...checks, (c) =>
    known(c, (operation) =>
      isOperationShown(market, operation)
        ? c.json(toOperation(market.state, operation))
        : unknownOperation(c, market),
    ),
  );
  app.patch(one, withFaults(market, 'patchOperation'), ...checks, (c) =>
    known(c, (operation) => answer(c, market, operation)),
  );
  return app;
}

/** Lists the operations that wait for an answer. */
function list(c: Context<ApiEnv>, market: Market): Response {
  const { oddities } = market.state.settings;
  const subscription = findSubscription(market, c.req.param('subscriptionId') ?? '');
  if (!subscription && oddities.operationsListUnknownSubscription === 'documented') {
    return failure(c, 404, 'NotFound', 'Unknown subscription.');
  }
  const lagMs = oddities.operationsListLag === 'measured' ? OPERATIONS_LIST_LAG_MS : 0;
  const operations = (subscription ? operationsOf(market, subscription) : [])
    .filter((one) => one.status === 'InProgress')
    .filter((one) => one.createdAt + lagMs <= market.clock.now())
    .map((one) => toOperation(market.state, one));
  return c.json(oddities.operationsListShape === 'measured' ? operations : { operations });
}

async function answer(
  c: Context<ApiEnv>,
  market: Market,
  operation: OperationRecord,
): Promise<Response> {
  const { oddities } = market.state.settings;
  const status = (await readBody(c))?.['status'];
  if (status !== 'Success' && status !== 'Failure') {
    return oddities.junkOperationStatus === 'measured'
      ? c.body(null, 200)
      : failure(c, 400, 'BadRequest', 'status has to be Success or Failure.');
  }
  if (operation.source === 'Partner' && oddities.partnerPatch === 'measured') {
    return c.json({ error: { code: 'UnexpectedError', message: 'An unexpected error.' } }, 500);
  }
  if (operation.status !== 'InProgress') {
    return c.json({ message: c.get('requestId') }, 409);
  }
  const isIgnored = status === 'Failure' && oddities.refuseByPatch === 'measured';
  if (!isIgnored) {
    const outcome = status === 'Success' ? 'Succeeded' : 'Failed';
    settleOperation(market, operation, { outcome, by: 'publisher' });
  }
  return c.body(null, 200);
}

function unknownOperation(c: Context<ApiEnv>, market: Market): Response {
  const isMeasured = market.state.settings.oddities.unknownOperationStatus === 'measured';
  return isMeasured
    ? failure(c, 400, 'BadRequest', 'Unknown operation.')
    : failure(c, 404, 'NotFound', 'Unknown operation.');
}
