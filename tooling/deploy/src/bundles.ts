import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { services, type ServiceName } from '@landfall/contracts/services';

export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** A program that runs from a bundle. The emulator is only part of the local stack. */
export type BundledProgram = ServiceName | 'emulator';
/** A program that an operator runs, beside the services in the image. */
export type OperatorProgram = 'provision';

/** Where the bundle of a program is. */
export interface Bundle {
  readonly program: BundledProgram | OperatorProgram;
  /** The folder of its package. */
  readonly root: string;
  /** The program's source. */
  readonly source: string;
  /** It is as deep as `src/<folder>/`, so that relative URLs in the sources lead to the same place from the bundle. */
  readonly folder: string;
  /** The program, in one file. */
  readonly script: string;
  /** Whether the bundle of OpenTelemetry's SDK, `telemetry.mjs`, is beside it. */
  readonly hasTelemetry: boolean;
  /** Lists the files that the bundle was made of, by path in the repository, with their state at that time. */
  readonly inputsFile: string;
}

export type Inputs = Readonly<Record<string, string>>;

/** The bundles that the local stack runs. */
export const bundles: readonly Bundle[] = [
  ...services.map(({ name }) => bundleOf(name, `services/${name}`)),
  bundleOf('emulator', 'tooling/emulator'),
];

/** The bundles that only the image contains. */
export const operatorBundles: readonly Bundle[] = [
  bundleOf('provision', 'tooling/deploy', 'provision/main'),
];

function bundleOf(program: Bundle['program'], home: string, entry = 'main'): Bundle {
  const root = path.join(repositoryRoot, home);
  const folder = path.join(root, 'dist', entry === 'main' ? 'service' : program);
  return {
    program,
    root,
    source: path.join(root, 'src', `${entry}.ts`),
    folder,
    script: path.join(folder, 'main.mjs'),
    hasTelemetry: services.some(({ name }) => name === program),
    inputsFile: path.join(folder, 'inputs.json'),
  };
}

/** The bundles that are missing, or whose files have changed since. Does not read the files' content, so it takes milliseconds. */
export function staleBundles(wanted: readonly Bundle[] = bundles): readonly Bundle[] {
  const seen = new Map<string, string>();
  const stateNow = (file: string): string => {
    const state = seen.get(file) ?? stateOf(file);
    seen.set(file, state);
    return state;
  };
  return wanted.filter((bundle) => isStale(bundle, stateNow));
}

export function isStale(
  { script, inputsFile }: Pick<Bundle, 'script' | 'inputsFile'>,
  stateNow: (file: string) => string = stateOf,
): boolean {
  if (!existsSync(script) || !existsSync(inputsFile)) return true;
  const inputs = JSON.parse(readFileSync(inputsFile, 'utf8')) as Inputs;
  return Object.entries(inputs).some(([file, state]) => stateNow(file) !== state);
}

/** The size and time of a file in the repository. Every program that writes a file changes its time. */
export function stateOf(file: string): string {
  const found = statSync(path.join(repositoryRoot, file), { throwIfNoEntry: false });
  return found ? `${found.size} ${found.mtimeMs}` : 'missing';
}
