import { createFulfillment, type Fulfillment } from './fulfillment.ts';
import { createMarketplaceHttp, type MarketplaceHttpOptions } from './http.ts';
import { createMetering, type Metering } from './metering.ts';

/** Both of Microsoft's APIs for one publisher application. */
export interface Marketplace {
  readonly fulfillment: Fulfillment;
  readonly metering: Metering;
}

/**
 * Microsoft's marketplace for one publisher application. Both APIs share time limits, repeats and the limit
 * on concurrent calls. Throws the fault `config.marketplace-not-https` for a base URL that is neither https
 * nor on this machine.
 */
export function createMarketplace(options: MarketplaceHttpOptions): Marketplace {
  const http = createMarketplaceHttp(options);
  return { fulfillment: createFulfillment(http), metering: createMetering(http) };
}
