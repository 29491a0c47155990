import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { services } from '@landfall/contracts/services';
import { parseConfig } from '@landfall/service-kit/config';
import { bundles, operatorBundles } from '../src/bundles.ts';
import { readConfigSchemas } from '../src/config-schemas.ts';
import { rolesSchema } from '../src/provision/roles-job.ts';
import { streamsSchema } from '../src/provision/streams-job.ts';
import {
  example,
  helm,
  joined,
  ofKind,
  partOf,
  podOf,
  render,
  type Container,
  type Manifest,
  type Values,
} from './helm.ts';
import { withSecretFiles } from './secret-files.ts';

const small = example('small');
const schemas = await readConfigSchemas();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'landfall-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The environment of a container, with the files of its secrets in a folder of this machine. */
function environmentOf({ env }: Container): Record<string, string> {
  const given = Object.fromEntries(env.map(({ name, value }) => [name, value]));
  return withSecretFiles(given, {
    folder,
    isSecret: (value) => value.startsWith('/run/landfall/'),
  });
}

function deploymentOf(manifests: readonly Manifest[], service: string): Manifest {
  const found = ofKind(manifests, 'Deployment').find((one) => partOf(one) === service);
  if (!found) throw new Error(`no Deployment of ${service}`);
  return found;
}

const containerOf = (manifests: readonly Manifest[], service: string): Container =>
  podOf(deploymentOf(manifests, service)).containers[0];

const withHelm = helm ? describe : () => undefined;

withHelm('values', () => {
  test.each([
    ['a token of the cluster', {}],
    ['a secret', { credential: 'secret' }],
    ['a certificate', { credential: 'certificate' }],
    ['a list of publishers', { credential: 'publishers', publishersSecret: 'publishers' }],
    ['authorities of your own', { authorities: { postgresql: 'ca', nats: 'ca' } }],
    [
      'every optional secret',
      {
        settings: { MAIL_FROM: 'landfall@contoso.example' },
        services: {
          gateway: { secrets: ['BOOTSTRAP_API_KEY', 'CONSOLE_CLIENT_SECRET'] },
          'fulfillment-worker': { secrets: ['SMTP_URL'] },
        },
      },
    ],
  ])('with %s, every service accepts the environment that the chart gives it', (_what, more) => {
    const manifests = render(withoutPublisher(joined(small, more)));
    for (const { name } of services) {
      const env = environmentOf(containerOf(manifests, name));
      expect(() => parseConfig(schemas[name], env), name).not.toThrow();
    }
  });

  test('the jobs accept their environment, and run programs of the image', () => {
    const jobs = ofKind(render(small), 'Job').map((job) => podOf(job).containers[0]);
    const programs = new Set(
      [...bundles, ...operatorBundles].map(({ program }) => `/app/${program}/main.mjs`),
    );
    for (const { name, args, env } of jobs) {
      expect(programs, name).toContain(args[0]);
      const given = environmentOf({ env } as Container);
      const schema: z.ZodType = name === 'roles' ? rolesSchema : streamsSchema;
      if (name.startsWith('migrate-')) expect(given['DATABASE_URL_FILE']).toBeDefined();
      else expect(() => parseConfig(schema, given), name).not.toThrow();
    }
    expect(jobs.map(({ args }) => args.slice(1).join(' '))).toEqual(
      expect.arrayContaining(['roles', 'streams', 'migrate']),
    );
  });

  test('roles come before streams, and both before migrations', () => {
    const weights = ofKind(render(small), 'Job').map(({ metadata }) => {
      expect(metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade');
      const job = metadata.name.replace(/^landfall-/, '').replace(/-.*/, '');
      return [job, Number(metadata.annotations?.['helm.sh/hook-weight'])] as const;
    });
    const of = Object.fromEntries(weights);
    expect(of['roles']).toBeLessThan(of['streams'] ?? 0);
    expect(of['streams']).toBeLessThan(of['migrate'] ?? -100);
  });

  test('no manifest contains a secret: each service mounts only its own, as files', () => {
    const manifests = render(small);
    for (const { name } of services) {
      const { volumes } = podOf(deploymentOf(manifests, name));
      const secrets = volumes.flatMap(({ secret }) => secret ?? []);
      expect(secrets.map(({ secretName }) => secretName)).toEqual([`landfall-${name}`]);
      const secretNames = /SECRET|PASSWORD|DATABASE_URL|NATS_URL|SMTP_URL|API_KEY/;
      const plain = containerOf(manifests, name).env.filter(
        (variable) => secretNames.test(variable.name) && !variable.name.endsWith('_FILE'),
      );
      expect(plain).toEqual([]);
    }
  });

  test('a vault has one entry per secret, and one more per service only where they differ', () => {
    const values = joined(small, {
      secrets: { external: { enabled: true } },
      credential: 'secret',
    });
    const entries = ofKind(render(values), 'ExternalSecret').map(({ metadata, spec }) => {
      const data = spec['data'] as readonly { secretKey: string; remoteRef: { key: string } }[];
      return [metadata.name, data.map(({ remoteRef }) => remoteRef.key)] as const;
    });
    const of = Object.fromEntries(entries);
    expect(of['landfall-landing']).toEqual([
      'landfall-landing-database-url',
      'landfall-landing-nats-url',
      'landfall-landing-client-secret',
      'landfall-session-secret',
    ]);
    const shared = 'landfall-fulfillment-client-secret';
    expect(of['landfall-fulfillment-worker']).toContain(shared);
    expect(of['landfall-billing-sync']).toContain(shared);
    expect(of['landfall-setup']).toContain('landfall-admin-database-url');
    expect(of['landfall-setup']).toContain('landfall-setup-nats-url');
    // Azure Key Vault: letters, digits and dashes.
    for (const key of Object.values(of).flat()) expect(key).toMatch(/^[a-z0-9-]{1,127}$/);
  });

  test('a number keeps its digits, and a setting of one service stays there', () => {
    const manifests = render(
      joined(small, {
        settings: { NATS_MAX_BYTES: 50_000_000_000, RATE_PER_KEY: 12.5 },
        services: { landing: { settings: { LOG_LEVEL: 'debug' } } },
      }),
    );
    const valueOf = (service: string, name: string) =>
      containerOf(manifests, service).env.find((variable) => variable.name === name)?.value;
    expect(valueOf('gateway', 'NATS_MAX_BYTES')).toBe('50000000000');
    expect(valueOf('gateway', 'RATE_PER_KEY')).toBe('12.5');
    expect(valueOf('landing', 'RATE_PER_KEY')).toBeUndefined();
    expect([valueOf('landing', 'LOG_LEVEL'), valueOf('gateway', 'LOG_LEVEL')]).toEqual([
      'debug',
      undefined,
    ]);
  });

  test.each([
    ['a misspelt setting', { settings: { PUBLIC_ULR: 'https://x.example' } }, /PUBLIC_ULR/],
    ['a missing setting', { settings: { PRODUCT_NAME: null } }, /PRODUCT_NAME/],
    // YAML 1.1 reads off as a boolean.
    ['off without quotes', { settings: { RECONCILE_INTERVAL: false } }, /RECONCILE_INTERVAL/],
    [
      'a setting of another service',
      ofLanding({ settings: { LANE_LEASE_MS: 1 } }),
      /LANE_LEASE_MS/,
    ],
    ['a secret among the settings', { settings: { SESSION_SECRET: 'x' } }, /SESSION_SECRET/],
    ['an unknown secret', ofLanding({ secrets: ['SMTP_URL'] }), /secrets/],
    ['a value out of range', { settings: { TRUSTED_PROXIES: 99 } }, /TRUSTED_PROXIES/],
    ['a clock of the local stack', { settings: { CLOCK_URL: 'http://x' } }, /CLOCK_URL/],
    ['an unknown way to scale', ofLanding({ scale: { by: 'lanes' } }), /scale/],
    ['two replicas of a stream', { nats: { replicas: 2 } }, /replicas/],
    ['a list of publishers without its Secret', { credential: 'publishers' }, /publishersSecret/],
    ['a variable of no program', { environment: { LD_PRELOAD: 'x.so' } }, /LD_PRELOAD/],
    ['an ingress and a route', { httpRoute: { enabled: true } }, /keep one of them/],
    [
      'autoscaling by lanes without Prometheus',
      { services: { 'fulfillment-worker': { scale: { by: 'lanes' } } } },
      /set prometheus\.address/,
    ],
  ])('%s is refused, and the message names it', (_what, more, message) => {
    expect(() => render(joined(small, more as Values))).toThrow(message);
  });
});

function ofLanding(more: Values): Values {
  return { services: { landing: more } };
}

/** A list of publishers takes the place of the settings of one. */
function withoutPublisher(values: Values): Values {
  if (values['credential'] !== 'publishers') return values;
  const {
    PUBLISHER_TENANT_ID: _tenant,
    FULFILLMENT_CLIENT_ID: _client,
    ...settings
  } = values['settings'] as Values;
  return { ...values, settings };
}
