import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

export type ContainerTool = 'docker' | 'buildah';

/** Says what failed, and the next step. Shown without a stack trace. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/** Docker if its engine answers, otherwise buildah, which needs no engine. */
export function findContainerTool(): ContainerTool {
  const works = (tool: ContainerTool, args: readonly string[]) =>
    spawnSync(tool, args, { stdio: 'ignore' }).status === 0;
  if (works('docker', ['info'])) return 'docker';
  if (works('buildah', ['version'])) return 'buildah';
  throw new ImageError(
    'No program here can build an image: docker does not answer, and buildah is not installed.\n' +
      '  Next step: start Docker, or run apt-get install buildah. To prepare only the files, use --app-only.',
  );
}

/** Runs a program and shows its output. Ctrl-C ends it too, because it has the same terminal. */
export async function runShown(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<void> {
  const child = spawn(command, args, { ...options, stdio: 'inherit' });
  const failure = once(child, 'error').then(([error]) => String(error));
  const end = once(child, 'exit').then(([code, signal]) =>
    code === 0 ? undefined : `it exited with ${String(code ?? signal)}`,
  );
  const problem = await Promise.race([failure, end]);
  if (problem !== undefined) {
    throw new ImageError(
      `${command} ${args[0] ?? ''} failed: ${problem}\n  Next step: see its output above`,
    );
  }
}
