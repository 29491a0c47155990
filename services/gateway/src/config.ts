import { z } from 'zod';
import { isLoopbackHost } from '@landfall/domain/loopback';
import { retention } from '@landfall/contracts/retention';
import { baseConfigShape, secret, secureUrl } from '@landfall/service-kit/config';
import { retentionShape } from '@landfall/service-kit/retention';

const httpUrl = z.url({ protocol: /^https?$/ });
const perSecond = (byDefault: number) => z.coerce.number().positive().default(byDefault);

/** An empty database is a tenth of this size. A smaller number is a mistake, such as a number of gigabytes. */
const MIN_ROOM_BYTES = 100 * 1024 * 1024;

export const configSchema = z.object({
  ...baseConfigShape,
  ...retentionShape(retention.gateway.rules),
  // Callers send API keys to this address, and browsers send session cookies.
  PUBLIC_URL: secureUrl().describe(
    'the address that browsers and Microsoft call; with https, every answer tells browsers to use only https',
  ),
  LANDING_URL: httpUrl.describe('where the landing service listens'),
  WEBHOOK_INGEST_URL: httpUrl.describe('where webhook-ingest listens'),
  BOOTSTRAP_API_KEY: secret()
    .optional()
    .describe('a first key with every scope, created at the start if it does not exist'),
  ENTRA_AUTHORITY_URL: secureUrl()
    .default('https://login.microsoftonline.com')
    .transform((text) => text.replace(/\/+$/, ''))
    .describe('Microsoft Entra ID, where people sign in to the console'),
  CONSOLE_CLIENT_ID: z
    .guid()
    .optional()
    .describe('application (client) id of the console; without it, no one can sign in there'),
  CONSOLE_CLIENT_SECRET: secret().optional().describe('its client secret'),
  CONSOLE_TENANT_ID: z
    .guid()
    .optional()
    .describe('your tenant; its app roles give people roles for all publishers'),
  CONSOLE_ACCOUNTS: z
    .enum(['tenant', 'organizations'])
    .default('tenant')
    .describe(
      'who may sign in to the console: `tenant` for accounts of CONSOLE_TENANT_ID, `organizations` for work accounts of any tenant',
    ),
  CONSOLE_GUESTS: z
    .enum(['refused', 'allowed'])
    .default('refused')
    .describe('whether guests of a tenant may sign in to the console'),
  CONSOLE_FOLDER: z
    .string()
    .min(1)
    .optional()
    .describe('folder with the built console; in a checkout, `dist` of `packages/console`'),
  // Whoever may open the console can disturb this marketplace, so it must be on the same machine.
  LOCAL_MARKETPLACE_URL: httpUrl
    .refine((text) => isLoopbackHost(new URL(text).hostname), {
      error: 'must be an address of this machine',
    })
    .optional()
    .describe(
      'the local marketplace of `npm start`, which the console may disturb; never set it yourself',
    ),
  DATABASE_ROOM_BYTES: z.coerce
    .number()
    .int()
    .min(MIN_ROOM_BYTES)
    .optional()
    .describe(
      "size that Landfall's database may reach on the disk of PostgreSQL; an alert fires at 80 % of it; no alert if absent",
    ),
  METRICS_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address for /metrics, which is not served on the public port'),
  METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .describe('port for /metrics; 0 takes a free one'),
  TRUSTED_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe('number of your proxies in front of the gateway; their X-Forwarded-For is believed'),
  // A program that needs more sends batches.
  RATE_PER_KEY: perSecond(200).describe('API calls per second and key or person'),
  // Several programs of one publisher at their full rate leave room for the other publishers.
  RATE_PER_PUBLISHER: perSecond(400).describe(
    'API calls per second and publisher, of all keys and people that are limited to it',
  ),
  // An office, and all keys behind it, share one address.
  RATE_PER_ADDRESS: perSecond(500).describe('requests per second and client address'),
  // Each arrival is stored before anyone has signed in.
  RATE_ARRIVALS: perSecond(10).describe(
    'landing page calls with a purchase token, per second and client address',
  ),
  RATE_WEBHOOK: perSecond(1000).describe(
    'webhook calls per second and client address, from callers whose token has not been accepted yet; genuine calls have no rate limit',
  ),
});

export type Config = z.output<typeof configSchema>;
