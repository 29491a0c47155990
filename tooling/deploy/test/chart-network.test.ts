import { describe, expect, test } from 'vitest';
import { services, type ServiceName } from '@landfall/contracts/services';
import { readConfigSchemas } from '../src/config-schemas.ts';
import { connectionsOf } from '../src/connections.ts';
import {
  example,
  helm,
  joined,
  ofKind,
  partOf,
  render,
  type Manifest,
  type Values,
} from './helm.ts';

interface Rule {
  readonly ports: readonly { readonly port: number | string }[];
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
}

interface Peer {
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly namespaceSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

const withHelm = helm ? describe : () => undefined;

withHelm('network policies', () => {
  test('pods of services reach each other exactly where the settings say so, in both directions', async () => {
    const manifests = render(example('small'));
    const wanted = connectionsOf(await readConfigSchemas())
      .filter(({ to }) => services.some(({ name }) => name === to))
      .map(({ from, to }) => `${from} ${to}`);
    const names = services.map(({ name }) => name);
    const pairs = names.flatMap((from) => names.map((to) => [from, to] as const));
    const sent = pairs.filter(([from, to]) => named(policyOf(manifests, from), 'egress').has(to));
    const taken = pairs.filter(([from, to]) => named(policyOf(manifests, to), 'ingress').has(from));
    expect(sent.map((pair) => pair.join(' '))).toEqual(wanted);
    expect(taken.map((pair) => pair.join(' '))).toEqual(wanted);
  });

  test('only the gateway accepts calls from anywhere, and its metrics only from Prometheus', () => {
    const manifests = render(example('small'));
    const open = services.filter(({ name }) =>
      rulesOf(policyOf(manifests, name), 'ingress').some(({ from }) => from === undefined),
    );
    expect(open.map(({ name }) => name)).toEqual(['gateway']);
    const fromAnywhere = rulesOf(policyOf(manifests, 'gateway'), 'ingress').find(
      (rule) => !rule.from,
    );
    expect(fromAnywhere?.ports).toEqual([{ port: 'http' }]);
  });

  test('only the worker reaches name servers, a mail server and products', () => {
    const manifests = render(
      joined(example('small'), {
        services: {
          'fulfillment-worker': {
            settings: { DESTINATION_NAME_SERVERS: '10.1.0.10:5353, 1.1.1.1, fd00::53' },
          },
        },
        networkPolicies: {
          mailServer: { to: [{ ipBlock: { cidr: '10.2.0.0/16' } }] },
          productPorts: [8443],
        },
      }),
    );
    const reached = (service: ServiceName) =>
      rulesOf(policyOf(manifests, service), 'egress').flatMap(({ ports, to = [] }) =>
        to.flatMap(({ ipBlock }) => `${ipBlock?.cidr} ${ports.map(({ port }) => port).join()}`),
      );
    const ofWorker = ['10.1.0.10/32 5353,5353', '1.1.1.1/32 53,53', 'fd00::53/128 53,53'];
    expect(reached('fulfillment-worker')).toEqual(
      expect.arrayContaining([...ofWorker, '10.2.0.0/16 465,587', '0.0.0.0/0 8443']),
    );
    expect(reached('landing')).toEqual(expect.not.arrayContaining(['10.2.0.0/16 465,587']));
    expect(reached('billing-sync').join(' ')).not.toMatch(/5353|8443|465/);
  });

  test('the internet is not the cluster: private networks and the metadata address are left out', () => {
    const manifests = render(example('small'));
    const blocks = ofKind(manifests, 'NetworkPolicy')
      .flatMap((policy) => rulesOf(policy, 'egress'))
      .flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock ?? []))
      .filter(({ cidr }) => cidr === '0.0.0.0/0');
    expect(blocks.length).toBeGreaterThan(0);
    for (const { except } of blocks) {
      expect(except).toEqual(expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16']));
    }
  });

  test('the jobs reach PostgreSQL, NATS and name resolution, and nothing reaches them', () => {
    const policy = policyOf(render(example('small')), 'setup');
    const ports = rulesOf(policy, 'egress').flatMap((rule) => rule.ports.map(({ port }) => port));
    expect([...new Set(ports)]).toEqual([53, 5432, 4222]);
    expect(rulesOf(policy, 'ingress')).toEqual([]);
    expect(policy.spec['policyTypes']).toEqual(['Ingress', 'Egress']);
  });

  test.each(['small', 'azure'])(
    'the policy of the set-up jobs exists before the first job runs, and as long as a job may run: %s',
    (name) => {
      const manifests = render(example(name));
      const jobs = ofKind(manifests, 'Job');
      const policy = policyOf(manifests, 'setup');

      const { matchLabels } = policy.spec['podSelector'] as { matchLabels: Values };
      expect(jobs.length).toBeGreaterThan(0);
      for (const job of jobs) {
        const { metadata } = job.spec['template'] as Pick<Manifest, 'metadata'>;
        expect(metadata.labels).toMatchObject(matchLabels);
        expect(hookOf(policy).events).toBe(hookOf(job).events);
        expect(hookOf(policy).weight).toBeLessThan(hookOf(job).weight);
      }
      // Helm deletes what succeeded as soon as a later hook has failed or timed out, while its pods may still run.
      expect(hookOf(policy).deletion).toBe('before-hook-creation');
    },
  );

  test('without set-up jobs there is no policy for them', () => {
    const manifests = render(joined(example('small'), { setup: { enabled: false } }));
    expect(() => policyOf(manifests, 'setup')).toThrow('no NetworkPolicy of setup');
  });
});

function policyOf(manifests: readonly Manifest[], part: string): Manifest {
  const found = ofKind(manifests, 'NetworkPolicy').find((policy) => partOf(policy) === part);
  if (!found) throw new Error(`no NetworkPolicy of ${part}`);
  return found;
}

function hookOf({ metadata: { annotations = {} } }: Manifest) {
  return {
    events: annotations['helm.sh/hook'],
    weight: Number(annotations['helm.sh/hook-weight']),
    deletion: annotations['helm.sh/hook-delete-policy'],
  };
}

function rulesOf({ spec }: Manifest, direction: 'ingress' | 'egress'): readonly Rule[] {
  return (spec[direction] ?? []) as readonly Rule[];
}

/** The parts whose pods a policy names. */
function named(policy: Manifest, direction: 'ingress' | 'egress'): ReadonlySet<string> {
  const peers = rulesOf(policy, direction).flatMap(({ from, to }) => from ?? to ?? []);
  return new Set(
    peers.flatMap(({ podSelector }) => podSelector?.matchLabels['app.kubernetes.io/name'] ?? []),
  );
}
