import { z } from 'zod';
import { services } from '@landfall/contracts/services';
import { settingsOf } from '@landfall/service-kit/config';
import type { ConfigSchemas } from '../config-schemas.ts';
import type { ChartTable } from './table.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** Settings that are not needed if a list has them for each publisher. */
const OF_ONE_PUBLISHER = ['PUBLISHER_TENANT_ID', 'FULFILLMENT_CLIENT_ID'];

/** The schema of the chart's values. It has every setting of the services by name, so that Helm refuses a misspelt one. */
export function valuesSchema(schemas: ConfigSchemas, table: ChartTable): JsonSchema {
  const settings = settingSchemas(schemas, table);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...object(
      {
        global: { type: 'object' },
        image: object({
          repository: text,
          tag: text,
          digest: { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
          pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
          pullSecrets: list,
        }),
        settings: { ...object(settings), required: requiredSettings(schemas, settings) },
        environment: {
          type: 'object',
          additionalProperties: scalar,
          propertyNames: { pattern: '^(OTEL_|NODE_|TZ$|HTTPS?_PROXY$|NO_PROXY$)' },
        },
        credential: { enum: ['federated', 'secret', 'certificate', 'publishers'] },
        publishersSecret: text,
        secrets: object({
          prefix: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' },
          external: object({
            enabled: flag,
            storeKind: { enum: ['SecretStore', 'ClusterSecretStore'] },
            storeName: text,
            refreshInterval: text,
          }),
        }),
        authorities: object({ postgresql: text, nats: text }),
        nats: object({ replicas: { enum: [1, 3, 5] }, monitoring: text, account: text }),
        services: object(serviceSchemas(table, settings)),
        resources: anything,
        setup: object({ enabled: flag, roles: flag }),
        prometheus: object({
          address: text,
          podMonitors: flag,
          rules: flag,
          dashboard: flag,
          labels: anything,
        }),
        ingress: object({
          enabled: flag,
          className: text,
          tlsSecret: text,
          annotations: anything,
        }),
        httpRoute: object({ enabled: flag, parentRefs: list }),
        networkPolicies: object({
          enabled: flag,
          gatewayFrom: list,
          prometheusFrom: list,
          dns: object({ to: list, port }),
          postgresql: object({ to: list, port }),
          nats: object({ to: list, port }),
          mailServer: object({ to: list, ports: { type: 'array', items: port } }),
          collector: object({ to: list, port }),
          productPorts: { type: 'array', items: port, minItems: 1 },
        }),
        podLabels: anything,
        podAnnotations: anything,
        nodeSelector: anything,
        tolerations: list,
      },
      { required: ['settings'] },
    ),
    allOf: [
      {
        if: { properties: { credential: { const: 'publishers' } } },
        // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
        then: { properties: { publishersSecret: { minLength: 1 } } },
        else: {
          properties: {
            settings: { required: OF_ONE_PUBLISHER },
            publishersSecret: { maxLength: 0 },
          },
        },
      },
    ],
  };
}

const text = { type: 'string' };
const flag = { type: 'boolean' };
const list = { type: 'array' };
const anything = { type: 'object' };
const scalar = { type: ['string', 'number'] };
const port = { type: 'integer', minimum: 1, maximum: 65_535 };
const count = { type: 'integer', minimum: 0, maximum: 1000 };

function object(properties: Readonly<Record<string, unknown>>, more: JsonSchema = {}): JsonSchema {
  return { type: 'object', additionalProperties: false, properties, ...more };
}

function serviceSchemas(
  table: ChartTable,
  settings: Readonly<Record<string, JsonSchema>>,
): Readonly<Record<string, JsonSchema>> {
  const entries = services.map(({ name }) => {
    const facts = table.services[name];
    const scales = name === 'fulfillment-worker' ? ['none', 'cpu', 'lanes'] : ['none', 'cpu'];
    return [
      name,
      object({
        replicas: count,
        imageTag: text,
        resources: anything,
        settings: object(Object.fromEntries(facts.settings.map((key) => [key, settings[key]]))),
        secrets: { type: 'array', items: { enum: facts.secrets.optional } },
        scale: object({
          by: { enum: scales },
          min: count,
          max: count,
          targetCpu: { type: 'integer', minimum: 1, maximum: 100 },
          ...(scales.includes('lanes') && { lanes: count, lag: { type: 'integer', minimum: 1 } }),
        }),
        ...(facts.isCalled && {
          service: object({
            type: { enum: ['ClusterIP', 'LoadBalancer', 'NodePort'] },
            annotations: anything,
          }),
        }),
      }),
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** Each setting with its type, limits and purpose. If several services have it, the first one describes it. */
function settingSchemas(
  schemas: ConfigSchemas,
  table: ChartTable,
): Readonly<Record<string, JsonSchema>> {
  const found: Record<string, JsonSchema> = {};
  for (const { name } of services) {
    const properties = z.toJSONSchema(schemas[name], { io: 'input', unrepresentable: 'any' })
      .properties as Readonly<Record<string, JsonSchema>>;
    for (const setting of table.services[name].settings) {
      found[setting] ??= asValue(properties[setting] ?? {});
    }
  }
  return found;
}

/** The schema of a variable as a YAML value: `true` is not a text there, and a number may have no type of its own. */
function asValue(schema: JsonSchema): JsonSchema {
  const { type, enum: allowed, description } = schema;
  if (Array.isArray(allowed)) {
    const isFlag = allowed.includes('true');
    return { description, enum: isFlag ? [...(allowed as unknown[]), true, false] : allowed };
  }
  const limits = ['minimum', 'maximum', 'exclusiveMinimum', 'pattern'].filter(
    (key) => key in schema && Math.abs(Number(schema[key])) !== Number.MAX_SAFE_INTEGER,
  );
  return {
    description,
    ...(type === undefined ? scalar : { type }),
    ...Object.fromEntries(limits.map((key) => [key, schema[key]])),
  };
}

/** Settings without a default that every installation needs. */
function requiredSettings(
  schemas: ConfigSchemas,
  settings: Readonly<Record<string, JsonSchema>>,
): readonly string[] {
  const required = services.flatMap(({ name }) =>
    settingsOf(schemas[name])
      .filter(({ need }) => need === 'required')
      .map((setting) => setting.name),
  );
  return [...new Set(required)].filter((name) => name in settings);
}
