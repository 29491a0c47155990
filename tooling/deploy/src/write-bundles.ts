import { cpSync, globSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type Plugin } from 'rolldown';
import {
  bundles,
  operatorBundles,
  repositoryRoot,
  staleBundles,
  stateOf,
  type Bundle,
  type Inputs,
} from './bundles.ts';

/** Besides its modules, a bundle depends on the installed versions, the packages' entries, and this program. */
const COMMON_INPUTS = ['pnpm-lock.yaml', 'tooling/deploy/src/write-bundles.ts'];
/** OpenTelemetry's SDK. It is a file of its own beside each service, so that a service without tracing does not load it. */
const TELEMETRY = fileURLToPath(import.meta.resolve('@landfall/telemetry/telemetry'));
const TELEMETRY_SOURCES = 'packages/telemetry/src/*.ts';
const MANIFESTS = '{packages,services,tooling}/*/package.json';

/**
 * Bundles a program with everything that it imports into one file, so that Node reads one file instead of a thousand. Each
 * file is replaced in one step, so that several processes can do this at the same time, and running services are not disturbed.
 */
async function writeBundle(bundle: Bundle): Promise<void> {
  const startedAt = Date.now();
  const { folder, root } = bundle;
  await using bundler = await rolldown({
    cwd: root,
    input: { main: entryOf(root) },
    platform: 'node',
    // The native driver, which pg uses only if it is installed.
    external: ['pg-native'],
    plugins: [entry(bundle), mapOnlyOurs, refuseOtherDepths(root)],
    // A machine that is busy is no fault of the bundle.
    checks: { bundlerTimings: false },
    onLog: (_level, { message }) => {
      throw new Error(`${bundle.program}: ${message}`);
    },
  });
  const { output } = await bundler.generate({
    // The paths in the map are relative to this folder.
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].mjs',
    codeSplitting: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  const [{ code, map, moduleIds }] = output;
  if (!map) throw new Error(`${bundle.program}: the bundle has no source map`);
  mkdirSync(folder, { recursive: true });
  for (const assets of globSync('src/*/assets', { cwd: root })) {
    cpSync(path.join(root, assets), path.join(folder, 'assets'), { recursive: true });
  }
  if (bundle.hasTelemetry) replaceFile(path.join(folder, 'telemetry.mjs'), await telemetryCode());
  const mappings = withoutSpills(map.mappings);
  replaceFile(`${bundle.script}.map`, JSON.stringify({ ...map, mappings }));
  replaceFile(bundle.script, code);
  replaceFile(bundle.inputsFile, JSON.stringify(inputsOf(moduleIds, root, startedAt)));
}

let telemetry: Promise<string> | undefined;

/** The same file for all services. */
function telemetryCode(): Promise<string> {
  return (telemetry ??= bundleTelemetry());
}

async function bundleTelemetry(): Promise<string> {
  await using bundler = await rolldown({
    cwd: path.dirname(TELEMETRY),
    input: { telemetry: TELEMETRY },
    platform: 'node',
  });
  const { output } = await bundler.generate({ format: 'esm', codeSplitting: false });
  return output[0].code;
}

/** A segment of a source map with a column and no source. */
const NO_SOURCE = 'A';

/** The last mapping of a module would also hold for the unmapped lines of the modules after it. */
function withoutSpills(mappings: string): string {
  const lines = mappings.split(';');
  return lines.map((segments) => segments || NO_SOURCE).join(';');
}

/** Modules of installed packages are left out, because the path of a package contains its version. */
function inputsOf(moduleIds: readonly string[], root: string, startedAt: number): Inputs {
  const ours = moduleIds
    .filter((id) => path.isAbsolute(id) && !isInstalled(id) && id !== entryOf(root))
    .map((id) => path.relative(repositoryRoot, id));
  const assets = globSync('src/*/assets/*', { cwd: root }).map((file) =>
    path.relative(repositoryRoot, path.join(root, file)),
  );
  const manifests = globSync(MANIFESTS, { cwd: repositoryRoot });
  const sdk = globSync(TELEMETRY_SOURCES, { cwd: repositoryRoot });
  const files = [...COMMON_INPUTS, ...sdk, ...manifests, ...assets, ...ours];
  return Object.fromEntries(files.map((file) => [file, stateUnlessNew(file, startedAt)]));
}

/** The bundle may contain the old state of a file that changed while the bundle was made. The bundle then counts as stale. */
function stateUnlessNew(file: string, startedAt: number): string {
  const { mtimeMs } = statSync(path.join(repositoryRoot, file));
  return mtimeMs < startedAt ? stateOf(file) : 'changed meanwhile';
}

function replaceFile(file: string, content: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

const entryOf = (root: string): string => path.join(root, 'src', 'bundle-entry.ts');

const traces = fileURLToPath(import.meta.resolve('@landfall/service-kit/bundle-traces'));

/** The first module of a bundle. It makes stack traces readable, and then starts the program. */
function entry({ root, source }: Bundle): Plugin {
  const id = entryOf(root);
  const code = `import ${JSON.stringify(traces)};\nimport ${JSON.stringify(source)};\n`;
  return {
    name: 'entry',
    resolveId: (source) => (source === id ? id : undefined),
    load: (module) => (module === id ? code : undefined),
  };
}

/** Leaves installed packages out of the map, which makes it a quarter of its size. Stack traces then show their places in the bundle. */
const mapOnlyOurs: Plugin = {
  name: 'map-only-ours',
  transform: {
    filter: { id: /\/node_modules\// },
    handler: (code) => ({ code, map: { mappings: '' } }),
  },
};

/** A URL relative to a source file must lead to the same place from the bundle. */
function refuseOtherDepths(root: string): Plugin {
  return {
    name: 'refuse-other-depths',
    transform: {
      filter: {
        id: { include: /\/src\/.*\.ts$/, exclude: /\/node_modules\/|\/bundle-traces\.ts$/ },
      },
      handler(code, id) {
        if (!code.includes('import.meta')) return;
        const [source, ...rest] = path.relative(root, id).split(path.sep);
        if (source === 'src' && rest.length === 2) return;
        throw new Error(`${id} uses import.meta, which only files in src/<folder>/ can do`);
      },
    },
  };
}

function isInstalled(id: string): boolean {
  return id.includes(`${path.sep}node_modules${path.sep}`);
}

/** With `--image`, also the programs that only the image contains. */
const wanted = process.argv.includes('--image') ? [...bundles, ...operatorBundles] : bundles;
await Promise.all(staleBundles(wanted).map(writeBundle));
