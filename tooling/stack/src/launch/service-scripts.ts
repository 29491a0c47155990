import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundles, staleBundles, type BundledProgram } from '@landfall/deploy/bundles';
import { StartError } from './supervised-process.ts';

/** Returns the path of a program's script. */
export type ServiceScripts = (program: BundledProgram) => string;

/**
 * The services and the emulator run from bundles, which start in half the time of the sources and need less memory. If bundles are
 * missing or out of date, a separate process makes them first. With LANDFALL_SOURCE=1, all run from their sources.
 */
export async function prepareScripts(options: {
  readonly env: NodeJS.ProcessEnv;
  readonly onStep: (line: string) => void;
  readonly notWanted: AbortSignal;
}): Promise<ServiceScripts> {
  const { env, onStep, notWanted } = options;
  if (env['LANDFALL_SOURCE'] === '1') {
    const sources = new Map(
      bundles.map((one) => [one.program, path.join(one.root, 'src', 'main.ts')]),
    );
    return (program) => sources.get(program) ?? '';
  }
  const stale = staleBundles();
  if (stale.length > 0) {
    await writeBundles(notWanted);
    onStep(`bundled ${stale.map(({ program }) => program).join(', ')}`);
  }
  const scripts = new Map(bundles.map(({ program, script }) => [program, script]));
  return (program) => scripts.get(program) ?? '';
}

async function writeBundles(notWanted: AbortSignal): Promise<void> {
  const program = fileURLToPath(import.meta.resolve('@landfall/deploy/write-bundles'));
  try {
    await promisify(execFile)(process.execPath, [program], { signal: notWanted });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new StartError(
      `The services could not be bundled:\n${output || String(error)}\n` +
        '  Next step: correct what the message names. LANDFALL_SOURCE=1 runs the services without bundles.',
    );
  }
}
