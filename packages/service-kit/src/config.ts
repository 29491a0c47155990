import { z } from 'zod';

export const baseConfigShape = {
  DATABASE_URL: z.string(),
  NATS_URL: z.string(),
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
};

const baseConfig = z.object(baseConfigShape);
export type BaseConfig = z.output<typeof baseConfig>;

export function secret(): z.ZodType<string> {
  throw new Error('being written');
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export function parseConfig<C>(
  _schema: z.ZodType<C>,
  _env: Record<string, string | undefined>,
): C {
  throw new Error('being written');
}

export function summariseConfig<C>(_schema: z.ZodType<C>, _config: C): Record<string, unknown> {
  throw new Error('being written');
}
