import { createFulfillment, type Fulfillment } from './fulfillment.ts';
import { createMarketplaceHttp, type MarketplaceHttpOptions } from './http.ts';
import { createMetering, type Metering } from './metering.ts';

export interface Marketplace {
  readonly fulfillment: Fulfillment;
  readonly metering: Metering;
}

/**
 * Microsoft's marketplace for one publisher application: both APIs over one connection policy, so that
 * time limits, repeats and the bound on concurrent calls hold for them together. Throws the fault
 * `config.marketplace-not-https` for a base URL that tokens must not travel to.
 */
export function createMarketplace(options: MarketplaceHttpOptions): Marketplace {
  const http = createMarketplaceHttp(options);
  return { fulfillment: createFulfillment(http), metering: createMetering(http) };
}
