import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { services, type ServiceName } from '@landfall/contracts/services';
import { publisherAccessShape } from '@landfall/publishers/publisher-list';
import { variablesOf } from '@landfall/service-kit/config';
import { repositoryRoot } from './folder.ts';

/** The variables that a service's configuration takes, by service. */
export type ServiceVariables = Readonly<Record<ServiceName, readonly string[]>>;

/** Read from each service's own schema, so that a new setting passes through without a list here. */
export async function readServiceVariables(): Promise<ServiceVariables> {
  const schemas = Object.entries(await readConfigSchemas());
  return Object.fromEntries(
    schemas.map(([name, schema]) => [name, variablesOf(schema)]),
  ) as ServiceVariables;
}

/** The schema of each service's environment, by service. */
export async function readConfigSchemas(): Promise<Readonly<Record<ServiceName, z.ZodType>>> {
  const entries = await Promise.all(
    services.map(async ({ name }) => {
      const file = path.join(repositoryRoot, 'services', name, 'src', 'config.ts');
      const { configSchema } = (await import(pathToFileURL(file).href)) as {
        configSchema: z.ZodType;
      };
      return [name, configSchema] as const;
    }),
  );
  return Object.fromEntries(entries) as Record<ServiceName, z.ZodType>;
}

/** Who the publishers are is decided with the marketplace: the emulator has its own. */
const DECIDED_WITH_MARKETPLACE: ReadonlySet<string> = new Set(Object.keys(publisherAccessShape));

/** Only the gateway is reached from other machines; the others stay where the gateway finds them. */
const GATEWAY_ONLY: ReadonlySet<string> = new Set(['HTTP_HOST']);

/**
 * What the environment gives of a service's variables. Files are named from where the start was typed.
 * What a start decides by itself, such as ports and addresses, is put over it.
 */
export function givenSettings(
  env: NodeJS.ProcessEnv,
  name: ServiceName,
  variables: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap((variable) => {
      const value = env[variable];
      if (!value || DECIDED_WITH_MARKETPLACE.has(variable)) return [];
      if (GATEWAY_ONLY.has(variable) && name !== 'gateway') return [];
      return [[variable, variable.endsWith('_FILE') ? path.resolve(value) : value]];
    }),
  );
}
