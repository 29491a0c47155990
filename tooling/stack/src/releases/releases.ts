import type { ServiceName } from '@landfall/contracts/services';

/** A published version: where its code is, and how far its schemas go. */
export interface Release {
  readonly version: string;
  /** The whole hash, so that a shallow clone can be told apart from a wrong one. */
  readonly commit: string;
  /** The last migration of each service. */
  readonly lastMigrations: Readonly<Record<ServiceName, string>>;
}

/** The version that an operator upgrades from. Services of both run side by side during an upgrade. */
export const previousRelease: Release = {
  version: '0.2.0',
  commit: '85ce132a0d2315704b4372701ddd635d28092f27',
  lastMigrations: {
    gateway: '0013-open-matters',
    landing: '0014-strangers',
    'webhook-ingest': '0010-publications',
    'fulfillment-worker': '0032-customer-mails',
    'billing-sync': '0009-open-matters',
  },
};

/**
 * Changes since the previous release that are not pure expansions but that its code tolerates, each with the reason. Empty
 * this list when a release is published.
 */
export const acceptedContractions: readonly { readonly what: string; readonly why: string }[] = [];
