import { z } from 'zod';
import { retention } from '@landfall/contracts/retention.ts';
import { baseConfigShape, secret } from '@landfall/service-kit/config.ts';
import { retentionShape } from '@landfall/service-kit/retention.ts';

const httpUrl = z.url({ protocol: /^https?$/ });
const perSecond = (byDefault: number) => z.coerce.number().positive().default(byDefault);

export const configSchema = z.object({
  ...baseConfigShape,
  ...retentionShape(retention.gateway.rules),
  /** What browsers and Microsoft call; https there makes every answer demand https for good. */
  PUBLIC_URL: httpUrl,
  LANDING_URL: httpUrl,
  WEBHOOK_INGEST_URL: httpUrl,
  /** A key with every scope, made sure of at each start; for the first key and for local stacks. */
  BOOTSTRAP_API_KEY: secret().optional(),
  /** Where `/metrics` is served, apart from the public door; 0 takes a free port. */
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** Proxies of ours in front of the gateway, whose X-Forwarded-For entries are believed. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  /** Calls each second of one API key. A program that needs more sends batches. */
  RATE_PER_KEY: perSecond(200),
  /** Requests each second of one client address; an office, or all keys behind it, share it. */
  RATE_PER_ADDRESS: perSecond(500),
  /** Arrivals with a purchase token each second of one address: each is stored, and nobody is known yet. */
  RATE_ARRIVALS: perSecond(10),
  /** Webhook calls each second of one genuine token, and of strangers at one address. */
  RATE_WEBHOOK: perSecond(1000),
});

export type Config = z.output<typeof configSchema>;
