import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { platforms } from '@landfall/bootstrap/platform';
import { fetchOnce } from '@landfall/bootstrap/toolchain';
import { repositoryRoot } from '../bundles.ts';
import { assembleApp } from './assemble.ts';
import { findContainerTool, ImageError, runShown, type ContainerTool } from './container-tool.ts';
import { finalStage } from './final-stage.ts';
import { makeOwnBase, OWN_BASE } from './own-base.ts';
import { partsList } from './parts-list.ts';

const USAGE = `Builds the container image of Landfall: all services and set-up jobs, in one image.

  npm run image -- [flags]

  --tag NAME       name of the image (default landfall:<version>)
  --arch CPU       amd64 or arm64 (default: this machine's)
  --base IMAGE     image with glibc and libstdc++ (default: the one in tooling/deploy/image/Dockerfile)
  --own-base       make the base from Debian packages with mmdebstrap and buildah, if no image registry can be reached
  --app-only       prepare the files for the image, but do not build it

Uses docker if its engine runs, otherwise buildah. Writes the parts list (SBOM, CycloneDX) to
tooling/deploy/dist/image/sbom.cdx.json.
`;

const folder = path.join(repositoryRoot, 'tooling', 'deploy', 'dist', 'image');
const cpus = { amd64: 'x64', arm64: 'arm64' } as const;
type Cpu = keyof typeof cpus;

interface Wanted {
  readonly cpu: Cpu;
  readonly tag: string;
  readonly base: string | undefined;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof ImageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values } = parse();
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const { version } = JSON.parse(
    readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'),
  ) as { version: string };
  const cpu = values.arch ?? (process.arch === 'arm64' ? 'arm64' : 'amd64');
  if (!isCpu(cpu)) throw new ImageError(`--arch ${cpu} is unknown: use amd64 or arm64\n\n${USAGE}`);
  if (values['own-base'] && values.base !== undefined) {
    throw new ImageError('--own-base and --base exclude each other: use one of them');
  }
  // Checked before the long work, so that a missing program is reported at once.
  const tool = values['app-only'] ? undefined : findContainerTool();
  await prepareFiles(cpu);
  if (!tool) return 0;
  if (values['own-base']) await makeOwnBase({ folder, cpu });
  const base = values['own-base'] ? OWN_BASE : values.base;
  await build(tool, { cpu, base, tag: values.tag ?? `landfall:${version}` }, version);
  return 0;
}

function parse() {
  try {
    return parseArgs({
      options: {
        tag: { type: 'string' },
        arch: { type: 'string' },
        base: { type: 'string' },
        'own-base': { type: 'boolean' },
        'app-only': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new ImageError(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`);
  }
}

/** Prepares everything that the image adds to its base in `root/`, and the parts list beside it. */
async function prepareFiles(cpu: Cpu): Promise<void> {
  const at = { cwd: repositoryRoot };
  say('bundling the programs');
  const bundler = fileURLToPath(new URL('../write-bundles.ts', import.meta.url));
  await runShown(process.execPath, [bundler, '--image'], at);
  say('building the console');
  await runShown(
    'turbo',
    ['run', 'build', '--filter=@landfall/console', '--output-logs=errors-only'],
    at,
  );
  const root = path.join(folder, 'root');
  rmSync(folder, { recursive: true, force: true });
  assembleApp(path.join(root, 'app'));
  await addNode(root, cpu);
  say('writing the parts list');
  writeFileSync(path.join(folder, 'sbom.cdx.json'), partsList());
  say(`the files of the image are in ${path.relative(repositoryRoot, root)}`);
}

/** The pinned Node for the image's system, which may differ from this machine's. npm verifies its checksum. */
async function addNode(root: string, cpu: Cpu): Promise<void> {
  const node = platforms[`linux-${cpus[cpu]}`]?.node;
  if (!node) throw new ImageError(`no Node for ${cpu} is pinned in platform.mjs`);
  const modules = await fetchOnce(repositoryRoot, [node], process.env);
  mkdirSync(path.join(root, 'usr', 'bin'), { recursive: true });
  const target = path.join(root, 'usr', 'bin', 'node');
  cpSync(path.join(modules, node.name, 'bin', 'node'), target, { dereference: true });
  chmodSync(target, 0o755);
}

async function build(tool: ContainerTool, wanted: Wanted, version: string): Promise<void> {
  const { cpu, base, tag } = wanted;
  writeFileSync(path.join(folder, 'Dockerfile'), finalStage());
  const args = ['--platform', `linux/${cpu}`, '--tag', tag];
  args.push('--build-arg', `VERSION=${version}`, '--build-arg', `REVISION=${revision()}`);
  if (base !== undefined) args.push('--build-arg', `BASE=${base}`);
  // buildah's own format has no health check.
  if (tool === 'buildah') args.push('--format', 'docker');
  say(`building ${tag} with ${tool}`);
  await runShown(tool, ['build', ...args, folder], { cwd: folder });
  say(`built ${tag}`);
}

/** A clone without git, such as an unpacked archive, has no revision. */
function revision(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    }).trim();
  } catch {
    return 'unknown';
  }
}

function isCpu(text: string): text is Cpu {
  return Object.hasOwn(cpus, text);
}

function say(line: string): void {
  process.stderr.write(`image: ${line}\n`);
}
