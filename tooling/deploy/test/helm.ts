import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { helmProgram } from '@landfall/bootstrap/helm';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { chartFolder } from '../src/chart/write-chart.ts';

/** Undefined on a platform for which npm has no Helm. */
export const helm = await helmProgram();

export const RELEASE = 'landfall';
export const NAMESPACE = 'shop';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Record<string, unknown>;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: unknown;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface PodSpec {
  readonly containers: readonly [Container];
  readonly securityContext: unknown;
  readonly automountServiceAccountToken: boolean;
  readonly volumes: readonly {
    readonly name: string;
    readonly secret?: {
      readonly secretName: string;
      readonly items?: readonly { readonly key: string; readonly path: string }[];
    };
  }[];
}

export type Values = Readonly<Record<string, unknown>>;

/** The manifests of an installation with these values. Throws Helm's message if it refuses them. */
export function render(values: Values): readonly Manifest[] {
  return parseAllDocuments(helmWith('template', values, RELEASE, chartFolder))
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** Helm's own check of the chart and of the manifests. */
export function lint(values: Values): string {
  return helmWith('lint', values, '--strict', chartFolder);
}

function helmWith(command: string, values: Values, ...args: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-chart-'));
  try {
    const file = path.join(folder, 'values.yaml');
    writeFileSync(file, stringify(values));
    // Without these variables, Helm would read the repositories and plugins of whoever runs the test.
    const env = { HELM_CONFIG_HOME: folder, HELM_CACHE_HOME: folder, HELM_DATA_HOME: folder };
    const given = [command, ...args, '--namespace', NAMESPACE, '--values', file];
    return execFileSync(helm ?? 'helm', given, { env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    throw new Error(`${stderr}${stdout}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The values of an example in the chart's folder. Its placeholders become ids and names. */
export function example(name: string): Values {
  const text = readFileSync(path.join(chartFolder, 'examples', `${name}.yaml`), 'utf8');
  const filled = text
    .replaceAll(/<[^>]*(client|tenant)>/g, '44444444-4444-4444-8444-444444444444')
    .replaceAll(/<([^>]*)>/g, 'contoso.example');
  return parse(filled) as Values;
}

/** Joins values as Helm does: mappings are joined, everything else is replaced. */
export function joined(one: Values, other: Values): Values {
  const isMap = (value: unknown): value is Values =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  return Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => {
      const [before, after] = [one[key], other[key]];
      if (isMap(before) && isMap(after)) return [key, joined(before, after)];
      return [key, key in other ? after : before];
    }),
  );
}

/** The pods that a Deployment or a Job makes. */
export function podOf({ spec }: Manifest): PodSpec {
  return (spec['template'] as { spec: PodSpec }).spec;
}

export const ofKind = (manifests: readonly Manifest[], kind: string): readonly Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind);

/** The part of Landfall that a manifest belongs to: a service or `setup`. */
export const partOf = ({ metadata }: Manifest): string =>
  metadata.labels['app.kubernetes.io/name'] ?? '';
