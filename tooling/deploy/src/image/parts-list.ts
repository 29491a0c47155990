import { execFileSync } from 'node:child_process';
import { services } from '@landfall/contracts/services';
import { repositoryRoot } from '../bundles.ts';

/** A list has some hundred parts with their licenses. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The packages of which the image is made: each service, the console, the SDK for traces and the set-up jobs. */
const packages = [...services.map(({ name }) => name), 'console', 'telemetry', 'provisioning'];

/** The parts list (SBOM, CycloneDX) of everything from npm in the image, from the lockfile. */
export function partsList(): string {
  const filters = packages.flatMap((name) => ['--filter', `@landfall/${name}`]);
  const flags = ['--sbom-format', 'cyclonedx', '--prod', '--lockfile-only'];
  return execFileSync('pnpm', ['sbom', ...flags, ...filters], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    maxBuffer: MAX_BYTES,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
