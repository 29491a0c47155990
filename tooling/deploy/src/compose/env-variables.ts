import { services } from '@landfall/contracts/services';
import { operatorUser } from '@landfall/provisioning/nats-users';
import { settingsOf } from '@landfall/service-kit/config';
import type { ConfigSchemas } from '../config-schemas.ts';
import { newSecret } from '../private-file.ts';
import { databasePasswordVariable } from '../provision/roles-job.ts';
import { passwordVariable } from '../write-nats-users.ts';
import { CLUSTER_PASSWORD, composeFile } from './compose.ts';
import { textsIn, variablesIn } from './interpolate.ts';

/** A variable of `.env`. */
export interface EnvVariable {
  readonly name: string;
  /** What it is for, and where a person finds its value. */
  readonly purpose: string;
  /** Where the value comes from: a person gives it, this program makes a secret, or there is a default. */
  readonly by: 'person' | 'program' | 'default';
  /** The value in a new file. Absent if a person gives it. */
  readonly value?: string;
}

const entra = 'Microsoft Entra admin center';
const apiApp = `${entra}, App registrations, the application for the APIs`;
const pageApp = `${entra}, App registrations, the application for the sign-in`;

/** Values that only a person knows, and where to find them. */
const byPerson: Readonly<Record<string, string>> = {
  PUBLIC_URL:
    'your address for buyers and Microsoft, such as https://marketplace.contoso.com, without a path',
  PRODUCT_NAME: 'the name of your product, as buyers see it',
  PRODUCT_URL: 'where buyers open your product',
  PUBLISHER_TENANT_ID: `${entra}, Overview: Tenant ID`,
  FULFILLMENT_CLIENT_ID: `${apiApp}: Application (client) ID`,
  FULFILLMENT_CLIENT_SECRET: `${apiApp}, Certificates & secrets: the Value of a client secret`,
  LANDING_CLIENT_ID: `${pageApp}: Application (client) ID`,
  LANDING_CLIENT_SECRET: `${pageApp}, Certificates & secrets: the Value of a client secret`,
};

/** Purposes of variables that no service reads. */
const ofCompose: Readonly<Record<string, string>> = {
  GATEWAY_PORT: "port of the gateway on this machine's loopback address, for your own TLS proxy",
  PROMETHEUS_PORT: 'port of Prometheus on the loopback address, with the profile monitoring',
  GRAFANA_PORT: 'port of Grafana on the loopback address, with the profile monitoring',
  LANDFALL_FILES: 'folder whose files the services see in /run/landfall, such as publishers.json',
};

/** Every variable of `.env` for the Compose file of this version: first those that a person gives, then secrets, then those with a default. */
export function envVariables(schemas: ConfigSchemas, version: string): readonly EnvVariable[] {
  const people = Object.entries(byPerson).map(([name, purpose]) => ({
    name,
    purpose,
    by: 'person' as const,
  }));
  const secrets = madeSecrets().map(({ name, purpose }) => ({
    name,
    purpose,
    by: 'program' as const,
    value: newSecret(),
  }));
  const image = {
    name: 'LANDFALL_IMAGE',
    purpose: 'the image that docker compose runs',
    by: 'program' as const,
    value: `landfall:${version}`,
  };
  const first = [...people, image, ...secrets];
  const named = new Set(textsIn(composeFile(schemas)).flatMap((text) => variablesIn(text)));
  const purposes = purposesOf(schemas);
  const others = [...named]
    .filter((name) => first.every((known) => known.name !== name))
    .map((name) => ({
      name,
      purpose: purposes.get(name) ?? ofCompose[name] ?? '',
      by: 'default' as const,
    }));
  return [...first, ...others];
}

function madeSecrets(): readonly { readonly name: string; readonly purpose: string }[] {
  return [
    { name: 'POSTGRES_PASSWORD', purpose: "PostgreSQL's administrator" },
    ...services.map(({ name, role }) => ({
      name: databasePasswordVariable(name),
      purpose: `the role ${role} in PostgreSQL`,
    })),
    ...([operatorUser, ...services.map(({ name }) => name)] as const).map((user) => ({
      name: passwordVariable(user),
      purpose: `the user ${user} in NATS`,
    })),
    { name: CLUSTER_PASSWORD, purpose: 'connections between the NATS nodes' },
    { name: 'SESSION_SECRET', purpose: "encrypts buyers' sessions" },
    { name: 'GRAFANA_PASSWORD', purpose: 'the user admin in Grafana, with the profile monitoring' },
  ];
}

function purposesOf(schemas: ConfigSchemas): ReadonlyMap<string, string> {
  const settings = services.flatMap(({ name }) => settingsOf(schemas[name]));
  return new Map(
    settings.map(({ name, need, purpose = '' }) => {
      const byDefault = typeof need === 'object' ? ` (default ${need.default})` : '';
      return [name, purpose + byDefault];
    }),
  );
}
