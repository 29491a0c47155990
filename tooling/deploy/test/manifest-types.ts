import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../src/bundles.ts';
import type { Manifest } from './helm.ts';

/** The models of resources that Kubernetes itself does not have. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'external-secrets.io': '@kubernetes-models/external-secrets',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
};

interface Model {
  validate(): void;
}

/** What the schemas of Kubernetes and of its extensions say against these manifests. */
export async function schemaFlaws(manifests: readonly Manifest[]): Promise<readonly string[]> {
  const flaws: string[] = [];
  for (const manifest of manifests) {
    const module = (await import(modelOf(manifest))) as Record<
      string,
      new (data: unknown) => Model
    >;
    const Kind = module[manifest.kind];
    if (!Kind) throw new Error(`${modelOf(manifest)} has no ${manifest.kind}`);
    try {
      new Kind(manifest).validate();
    } catch (error) {
      flaws.push(`${manifest.kind} ${manifest.metadata.name}: ${String(error)}`);
    }
  }
  return flaws;
}

/**
 * What the compiler says against these manifests. The schemas let unknown fields pass, the types do not: a misspelt field of a manifest
 * would be ignored by the cluster without a word.
 */
export function typeFlaws(manifests: readonly Manifest[]): string {
  const cache = path.join(repositoryRoot, 'tooling', 'deploy', 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  // Imports are resolved from the folder of the file, so it must be inside this package.
  const folder = mkdtempSync(path.join(cache, 'manifests-'));
  try {
    const kinds = new Map(manifests.map((manifest) => [manifest.kind, modelOf(manifest)]));
    const lines = [
      ...[...kinds].map(([kind, model]) => `import type { I${kind} } from '${model}';`),
      ...manifests.map(
        (manifest, index) =>
          `export const manifest${index} = ${JSON.stringify(manifest)} satisfies I${manifest.kind};`,
      ),
    ];
    writeFileSync(path.join(folder, 'manifests.ts'), lines.join('\n'));
    const compilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      module: 'nodenext',
      target: 'es2024',
    };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const tsc = path.join(repositoryRoot, 'node_modules', '.bin', 'tsc');
    execFileSync(tsc, ['--project', folder], { encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (!stdout) throw error;
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function modelOf({ apiVersion, kind }: Manifest): string {
  const [group = ''] = apiVersion.split('/');
  return `${EXTENSIONS[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}
