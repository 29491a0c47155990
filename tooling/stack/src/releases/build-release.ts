import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { services, type ServiceName } from '@landfall/contracts/services';
import { repositoryRoot } from '../launch/folder.ts';
import { StartError } from '../launch/supervised-process.ts';
import type { Release } from './releases.ts';

const run = promisify(execFile);

/** Reading a repository's objects takes milliseconds. A git that hangs must not hang the caller. */
const GIT_TIMEOUT_MS = 60_000;
/** With an empty cache on a slow network, an installation takes a few minutes. */
const INSTALL_TIMEOUT_MS = 10 * 60_000;
/** A failed installation lists every package. Its end says why. */
const OUTPUT_LINES = 15;

/** This clone does not have the release's code. */
export class ReleaseMissing extends StartError {
  override readonly name = 'ReleaseMissing';
}

/** The scripts of a release's services. */
export type ReleaseScripts = Readonly<Record<ServiceName, string>>;

interface Build {
  readonly onStep: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The services of an earlier release as its users have them: its code from git, its own locked dependencies, its own bundler.
 * They are kept in `.toolchain/releases/`, so only the first call takes time. Several processes can build at the same time.
 * Throws {@link ReleaseMissing} if this clone does not have the commit.
 */
export async function buildRelease(release: Release, build: Build): Promise<ReleaseScripts> {
  const { version, commit } = release;
  const kept = path.join(repositoryRoot, '.toolchain', 'releases');
  const folder = path.join(kept, `${version}-${commit.slice(0, 12)}`);
  if (!existsSync(folder)) {
    await expectCommit(release);
    build.onStep(`building release ${version} from git`);
    const draft = `${folder}.${process.pid}`;
    try {
      await buildInto(draft, release, build);
      keep(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  const scripts = services.map(({ name }) => [name, path.join(folder, bundleOf(name), 'main.mjs')]);
  return Object.fromEntries(scripts) as ReleaseScripts;
}

/** Where a bundle is in a checkout. URLs in the bundle are relative to this place. */
const bundleOf = (name: ServiceName): string => path.join('services', name, 'dist', 'service');

async function expectCommit({ version, commit }: Release): Promise<void> {
  try {
    await git(['cat-file', '-e', `${commit}^{commit}`]);
  } catch (cause) {
    throw new ReleaseMissing(
      `Release ${version} cannot be built: this folder is not a git clone with commit ${commit.slice(0, 12)}.\n` +
        '  Next step: run git fetch --unshallow in a clone of the repository.',
      { cause },
    );
  }
}

async function buildInto(draft: string, release: Release, { signal }: Build): Promise<void> {
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const archive = path.join(draft, 'release.tar');
  await git(['archive', '--format=tar', `--output=${archive}`, release.commit]);
  await run('tar', ['-xf', archive, '-C', draft]);
  rmSync(archive);
  // The same Node and pnpm, where the release has the same pins.
  symlinkSync(path.join(repositoryRoot, '.toolchain'), path.join(draft, '.toolchain'));
  const bootstrap = path.join('tooling', 'bootstrap', 'src', 'bootstrap.mjs');
  const node = async (args: readonly string[]) => {
    try {
      await run(process.execPath, [...args], { cwd: draft, signal, timeout: INSTALL_TIMEOUT_MS });
    } catch (error) {
      throw notBuilt(release, error);
    }
  };
  const frozen = ['--frozen-lockfile', '--prefer-offline', '--ignore-scripts', '--prod'];
  await node([bootstrap, 'pnpm', 'install', ...frozen, ...bundled.flatMap(withDependencies)]);
  await node([path.join('tooling', 'deploy', 'src', 'write-bundles.ts')]);
}

/** The packages that are bundled, and the one that bundles them. */
const bundled = [...services.map(({ name }) => name), 'emulator', 'provisioning', 'deploy'];

const withDependencies = (name: string): readonly string[] => ['--filter', `@landfall/${name}...`];

/** Makes the draft the release's folder, unless another process was faster. The links in it are relative. */
function keep(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function git(args: readonly string[]) {
  return run('git', [...args], { cwd: repositoryRoot, timeout: GIT_TIMEOUT_MS });
}

function notBuilt({ version }: Release, error: unknown): StartError {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
  const lines = `${stdout}\n${stderr}`.trim().split('\n').slice(-OUTPUT_LINES);
  return new StartError(
    `Release ${version} could not be built:\n${lines.map((line) => `    ${line}`).join('\n')}\n` +
      '  Next step: correct what the message names, for example the way to the npm registry.',
    { cause: error },
  );
}
