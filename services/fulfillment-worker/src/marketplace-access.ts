import { openPublishers, type Publisher, type Publishers } from '@landfall/publishers/publishers';
import type { Exchange } from '@landfall/marketplace/http';
import { readPublishers } from '@landfall/publishers/publisher-list';
import { measureCalls } from '@landfall/service-kit/marketplace-readings';
import type { Metrics } from '@landfall/service-kit/metrics';
import type { Runtime } from '@landfall/service-kit/process';
import type { Config } from './config.ts';
import { followingPlaces, OWN_PLACES, type Places } from './lanes/places.ts';
import { Outcomes } from './credentials/watch.ts';
import { isSuspicious } from './credentials/watch-api.ts';

/** Extra calls for reconciliation, which reads ahead. Each lane makes only one call at a time. */
const RECONCILE_CALLS = 4;

type Application = Pick<Publisher, 'tenantId' | 'clientId'>;

export interface MarketplaceAccess {
  readonly publishers: Publishers;
  /** Results of an application's token requests. */
  readonly outcomesOf: (of: Application) => Outcomes;
  /** The places of a publisher's lanes, which follow the results of its calls. */
  readonly placesOf: (of: Application) => Places;
}

/**
 * Opens every publisher's access to Microsoft. Token results are collected from here on, before a database
 * can store them.
 */
export async function openMarketplaceAccess(
  config: Config,
  {
    log,
    now,
    machineNow = now,
    metrics,
    onExchange,
  }: Runtime & {
    readonly metrics: Metrics;
    readonly onExchange: (exchange: Exchange) => void;
  },
): Promise<MarketplaceAccess> {
  const given = await readPublishers(config, { credential: true });
  for (const warning of given.warnings) log.warn({ security: true }, warning);
  const collected = new Map(given.publishers.map((one) => [keyOf(one), new Outcomes(machineNow)]));
  const outcomesOf = (of: Application): Outcomes => {
    const outcomes = collected.get(keyOf(of));
    if (!outcomes) throw new Error('no outcomes are collected for this application');
    return outcomes;
  };
  const most = config.LANE_CONCURRENCY;
  const shared = { left: Math.max(0, most - OWN_PLACES) };
  const places = new Map(
    given.publishers.map((one) => [keyOf(one), followingPlaces({ most, shared })]),
  );
  const placesOf = (of: Application) => {
    const found = places.get(keyOf(of));
    if (!found) throw new Error('this application has no places');
    return found;
  };
  const measureCall = measureCalls(metrics);
  const publishers = await openPublishers(given, {
    authorityUrl: config.ENTRA_AUTHORITY_URL,
    baseUrl: config.MARKETPLACE_BASE_URL,
    onUnreadable: ({ code, message }, { publisherId }) => log.error({ publisherId, code }, message),
    concurrentCalls: most + RECONCILE_CALLS,
    onCall: (record, of) => {
      const { publisherId } = of;
      measureCall(record);
      placesOf(of).observe(record);
      if (isSuspicious(record.code)) outcomesOf(of).suspect();
      log.debug({ ...record, publisherId }, 'marketplace call');
    },
    onExchange,
    onTokenRequest: (outcome, of) => outcomesOf(of).add(outcome),
  });
  return { publishers, outcomesOf, placesOf };
}

function keyOf({ tenantId, clientId }: Application): string {
  return `${tenantId}/${clientId}`;
}
