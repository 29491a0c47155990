import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { metrics } from '@landfall/contracts/metrics';
import { services } from '@landfall/contracts/services';
import { consumers } from '@landfall/contracts/streams';
import { repositoryRoot } from '../src/bundles.ts';
import { chartFiles, chartFolder } from '../src/chart/write-chart.ts';
import { example, helm, joined, lint, NAMESPACE, ofKind, partOf, podOf, render } from './helm.ts';
import type { Values } from './helm.ts';
import { schemaFlaws, typeFlaws } from './manifest-types.ts';

/** Everything that can be switched on, in two installations, because some of it excludes each other. */
const everything = joined(example('small'), {
  image: { digest: `sha256:${'0'.repeat(64)}`, pullSecrets: [{ name: 'registry' }] },
  settings: {
    DESTINATION_NAME_SERVERS: '10.1.0.10:5353, fd00::53',
    NATS_MAX_BYTES: 5_000_000_000,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.monitoring:4318',
  },
  environment: { NODE_EXTRA_CA_CERTS: '/run/landfall/nats/ca.crt' },
  secrets: { external: { enabled: true, storeKind: 'ClusterSecretStore' } },
  authorities: { postgresql: 'postgresql-authority', nats: 'nats-authority' },
  services: {
    gateway: { replicas: 3, secrets: ['BOOTSTRAP_API_KEY'], scale: { by: 'cpu' } },
    'fulfillment-worker': { secrets: ['SMTP_URL'], scale: { by: 'lanes' } },
    'billing-sync': { settings: { LOG_LEVEL: 'debug' }, imageTag: '0.2.0' },
  },
  prometheus: {
    address: 'http://prometheus:9090',
    podMonitors: true,
    rules: true,
    dashboard: true,
  },
  networkPolicies: { collector: { to: [{ podSelector: {} }] }, gatewayFrom: [{ podSelector: {} }] },
  podLabels: { team: 'commerce' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
});
const installations: Readonly<Record<string, Values>> = {
  small: example('small'),
  azure: example('azure'),
  everything,
  publishers: joined(example('small'), {
    credential: 'publishers',
    publishersSecret: 'publishers',
    ingress: { enabled: false },
    httpRoute: { enabled: true, parentRefs: [{ name: 'web', namespace: 'gateways' }] },
  }),
  certificate: joined(example('small'), { credential: 'certificate', setup: { roles: false } }),
};

test('the computed files of the chart match the services', async () => {
  for (const [file, content] of await chartFiles()) {
    expect(readFileSync(path.join(chartFolder, file), 'utf8'), file).toBe(content);
  }
});

test('the chart has the version of this repository, and so starts its image', () => {
  const versionIn = (file: string, pattern: RegExp) =>
    pattern.exec(readFileSync(file, 'utf8'))?.[1];
  const version = versionIn(path.join(repositoryRoot, 'package.json'), /"version": "(.+)"/);
  const chart = path.join(chartFolder, 'Chart.yaml');
  expect(versionIn(chart, /^version: (.+)$/m)).toBe(version);
  expect(versionIn(chart, /^appVersion: (.+)$/m)).toBe(version);
});

// npm has Helm for Linux on x64 only. Everything above is checked on every machine.
if (!helm)
  console.log('There is no Helm for this platform. Set HELM to its path to test the chart.');
const withHelm = helm ? describe : () => undefined;

withHelm('rendered by Helm', () => {
  test.each(Object.keys(installations))('%s passes the lint of Helm', (name) => {
    expect(lint(installations[name] ?? {})).toContain('0 chart(s) failed');
  });

  test.each(Object.keys(installations))(
    '%s has only fields and values that Kubernetes and its extensions know',
    async (name) => {
      const manifests = render(installations[name] ?? {});
      expect(manifests.length).toBeGreaterThan(20);
      expect(await schemaFlaws(manifests)).toEqual([]);
      expect(typeFlaws(manifests)).toBe('');
    },
  );

  test('the checks find a misspelt field and a wrong type', async () => {
    const [one] = ofKind(render(example('small')), 'Deployment');
    if (!one) throw new Error('no Deployment');
    expect(typeFlaws([{ ...one, spec: { ...one.spec, replicaz: 2 } }])).toContain('replicaz');
    expect(await schemaFlaws([{ ...one, spec: { ...one.spec, replicas: 'two' } }])).toHaveLength(1);
  });

  test('every pod runs without privileges, on a read-only root, and without a token for Kubernetes', () => {
    const manifests = render(everything);
    const pods = [...ofKind(manifests, 'Deployment'), ...ofKind(manifests, 'Job')];
    expect(pods).toHaveLength(services.length * 2 + 2);
    for (const manifest of pods) {
      const pod = podOf(manifest);
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65_532 });
      expect(pod.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  test('a budget and two probes protect each service', () => {
    const manifests = render(example('small'));
    const budgets = ofKind(manifests, 'PodDisruptionBudget').map((budget) => partOf(budget));
    expect(budgets.toSorted()).toEqual(services.map(({ name }) => name).toSorted());
    for (const deployment of ofKind(manifests, 'Deployment')) {
      expect(podOf(deployment).containers[0]).toMatchObject({
        readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
        livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
      });
    }
  });

  test('a service keeps its own image during an upgrade in two steps', () => {
    const images = ofKind(render(everything), 'Deployment').map((deployment) => {
      return [partOf(deployment), podOf(deployment).containers[0].image] as const;
    });
    const found = Object.fromEntries(images);
    expect(found['billing-sync']).toBe('ghcr.io/landfall/landfall:0.2.0');
    expect(found['gateway']).toBe(`ghcr.io/landfall/landfall@sha256:${'0'.repeat(64)}`);
  });

  test('the worker is scaled by waiting lanes and by the lag of consumers that exist', () => {
    const [scaled] = ofKind(render(everything), 'ScaledObject');
    const { triggers, maxReplicaCount } = (scaled ?? { spec: {} }).spec as {
      triggers: readonly { type: string; metadata: Readonly<Record<string, string>> }[];
      maxReplicaCount: number;
    };
    // If a consumer is missing, KEDA takes everything in its stream for lag.
    expect(maxReplicaCount).toBe(6);
    const [prometheus, ...lags] = triggers;
    expect(prometheus).toMatchObject({ type: 'prometheus' });
    expect(Object.keys(prometheus?.metadata ?? {}).toSorted()).toEqual([
      'ignoreNullValues',
      'query',
      'serverAddress',
      'threshold',
    ]);
    expect(prometheus?.metadata['query']).toBe(
      `max(${metrics.lanesWaiting.name}{namespace="${NAMESPACE}"})`,
    );
    const known = consumers.map(({ durable, stream }) => `${stream.name} ${durable}`);
    expect(lags).toHaveLength(3);
    for (const { type, metadata } of lags) {
      expect(type).toBe('nats-jetstream');
      // KEDA has no schema for these names, and ignores one that it does not know.
      expect(Object.keys(metadata).toSorted()).toEqual([
        'account',
        'consumer',
        'lagThreshold',
        'natsServerMonitoringEndpoint',
        'stream',
      ]);
      expect(known).toContain(`${metadata['stream']} ${metadata['consumer']}`);
      for (const value of Object.values(metadata)) expect(value).toBeTypeOf('string');
    }
  });

  test('Prometheus finds every pod under a job whose name begins with landfall', () => {
    const manifests = render(everything);
    const jobs = ofKind(manifests, 'PodMonitor').map(({ spec }) => {
      const [endpoint] = spec['podMetricsEndpoints'] as readonly {
        port: string;
        relabelings: readonly { targetLabel: string; replacement: string }[];
      }[];
      return [endpoint?.relabelings[0]?.replacement, endpoint?.port];
    });
    expect(Object.fromEntries(jobs)).toMatchObject({
      'landfall-gateway': 'metrics',
      'landfall-fulfillment-worker': 'http',
    });
    expect(jobs).toHaveLength(services.length);
    const [dashboard] = ofKind(manifests, 'ConfigMap') as readonly {
      data?: Record<string, string>;
    }[];
    expect(JSON.parse(dashboard?.data?.['landfall.json'] ?? '{}')).toHaveProperty('panels');
    const [rules] = ofKind(manifests, 'PrometheusRule');
    const text = JSON.stringify(rules?.spec);
    expect(text).toContain('LandfallServiceSilent');
    const page = 'https://marketplace.contoso.example/docs/incidents#service-silent';
    expect(text).toContain(page);
    expect(text).not.toContain('externalLabels');
  });

  test('without an extension switched on, the chart needs nothing but Kubernetes', () => {
    const versions = new Set(render(example('small')).map(({ apiVersion }) => apiVersion));
    const extensions = [...versions].filter((version) => /\.(sh|com|io)\//.test(version));
    expect(extensions.filter((version) => !version.includes('.k8s.io/'))).toEqual([]);
  });
});
