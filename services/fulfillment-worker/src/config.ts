import { isIP } from 'node:net';
import { z } from 'zod';
import { retention } from '@landfall/contracts/retention';
import {
  DEFAULT_AUTHORITY_URL,
  DEFAULT_MARKETPLACE_BASE_URL,
} from '@landfall/marketplace/constants';
import { marketplaceBaseUrl } from '@landfall/publishers/marketplace-config';
import { hasPublishers, publisherAccessShape } from '@landfall/publishers/publisher-list';
import { baseConfigShape, secureUrl } from '@landfall/service-kit/config';
import { retentionShape } from '@landfall/service-kit/retention';
import { mailFlaw, mailShape } from './deliveries/channels/mail-settings.ts';

/**
 * A maximum: a task mostly waits for Microsoft, and the number of places follows Microsoft's answers. 256 lanes carry out 1,000
 * notifications a second if each one waits a quarter of a second.
 */
const DEFAULT_LANE_CONCURRENCY = 256;

/**
 * Longer than any pause of a healthy process, so that a working process never loses a lane. After a crash a
 * customer waits at most this long for another worker.
 */
const DEFAULT_LEASE_MS = 15_000;

const DURATION = /^(\d+)\s*(m|h|d)$/;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `24h`, `30m`, `7d`, or `off`, which becomes undefined. */
const interval = z
  .string()
  .default('24h')
  .transform((text, context) => {
    if (text === 'off') return undefined;
    const [, count, unit] = DURATION.exec(text) ?? [];
    const ms = Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
    if (ms > 0) return ms;
    context.addIssue({ code: 'custom', message: 'set a duration such as 24h or 30m, or off' });
    return z.NEVER;
  });

/** `1.1.1.1, 10.0.0.10:5353`. Addresses only, because resolving a name would already need a name server. */
const nameServers = z
  .string()
  .optional()
  .transform((text, context) => {
    const servers = (text ?? '').split(',').flatMap((part) => part.trim() || []);
    const isGood = servers.every(
      (server) => isIP(server.replace(/:\d{1,5}$/, '')) === 4 || isIP(server) === 6,
    );
    if (isGood) return servers;
    context.addIssue({ code: 'custom', message: 'set IP addresses, separated by commas' });
    return z.NEVER;
  });

const shape = z.object({
  ...baseConfigShape,
  MARKETPLACE_BASE_URL: marketplaceBaseUrl.default(DEFAULT_MARKETPLACE_BASE_URL),
  ENTRA_AUTHORITY_URL: secureUrl()
    .default(DEFAULT_AUTHORITY_URL)
    .describe('Microsoft Entra ID, which issues access tokens'),
  ...publisherAccessShape,
  LANE_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .default(DEFAULT_LANE_CONCURRENCY)
    .describe(
      'the most subscriptions that one process works on at a time; how many it takes on depends on how quickly Microsoft answers',
    ),
  LANE_LEASE_MS: z.coerce
    .number()
    .int()
    .min(500)
    .default(DEFAULT_LEASE_MS)
    .describe('milliseconds without a sign of life after which another process takes over a lane'),
  RECONCILE_INTERVAL: interval.describe(
    "time between two comparisons with Microsoft's list, such as 24h, 30m or 7d, or off",
  ),
  DESTINATION_NAME_SERVERS: nameServers.describe(
    "IP addresses of the name servers for destinations, separated by commas; if absent, the machine's",
  ),
  PUBLIC_URL: secureUrl()
    .transform((text) => new URL(text).origin)
    .optional()
    .describe("the gateway's address as browsers see it, for links in notices; absent: no links"),
  ...mailShape,
  ...retentionShape(retention['fulfillment-worker'].rules),
});

export const configSchema = hasPublishers(shape).refine((given) => mailFlaw(given) === undefined, {
  error: ({ input }) => mailFlaw(input as z.output<typeof shape>) ?? '',
  path: ['MAIL_FROM'],
});

export type Config = z.output<typeof configSchema>;
