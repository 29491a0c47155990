import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { services, type ServiceName } from '@landfall/contracts/services';
import { repositoryRoot } from './bundles.ts';

export type ConfigSchemas = Readonly<Record<ServiceName, z.ZodType>>;

/** The schema of each service's environment, so that the operator's files match the settings of this version. */
export async function readConfigSchemas(): Promise<ConfigSchemas> {
  const entries = await Promise.all(
    services.map(async ({ name }) => {
      const file = path.join(repositoryRoot, 'services', name, 'src', 'config.ts');
      const { configSchema } = (await import(pathToFileURL(file).href)) as {
        configSchema: z.ZodType;
      };
      return [name, configSchema] as const;
    }),
  );
  return Object.fromEntries(entries) as unknown as ConfigSchemas;
}
