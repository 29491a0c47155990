import path from 'node:path';
import type { ServiceName } from '@landfall/contracts/services';
import { readConfigSchemas } from '@landfall/deploy/config-schemas';
import { publisherAccessShape } from '@landfall/publishers/publisher-list';
import { variablesOf } from '@landfall/service-kit/config';

/** The environment variables that each service reads. */
export type ServiceVariables = Readonly<Record<ServiceName, readonly string[]>>;

/**
 * Reads them from each service's schema, so that new settings are passed on without a list here.
 */
export async function readServiceVariables(): Promise<ServiceVariables> {
  const schemas = Object.entries(await readConfigSchemas());
  return Object.fromEntries(
    schemas.map(([name, schema]) => [name, variablesOf(schema)]),
  ) as ServiceVariables;
}

/** The publishers belong to the marketplace: the emulator has its own. */
const DECIDED_WITH_MARKETPLACE: ReadonlySet<string> = new Set(Object.keys(publisherAccessShape));

/**
 * Other machines reach only the gateway. The other services must stay where the gateway finds them.
 */
const GATEWAY_ONLY: ReadonlySet<string> = new Set(['HTTP_HOST']);

/**
 * The service's variables that are set in the environment. Relative file names are resolved in the
 * current folder. Values that a start chooses itself, such as ports and addresses, override these.
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
