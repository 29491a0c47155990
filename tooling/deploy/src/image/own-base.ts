import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { runShown } from './container-tool.ts';

export const OWN_BASE = 'localhost/landfall-base';

/** The libraries that Node links to, and the time zones. */
const PACKAGES = 'libc6,libstdc++6,tzdata';
/** The Debian release from which the default base is made too. */
const DEBIAN = 'bookworm';

/** A base image of Debian's packages: 25 MB, without a shell or package manager. Needs mmdebstrap and buildah. */
export async function makeOwnBase(options: {
  readonly folder: string;
  readonly cpu: string;
}): Promise<void> {
  const { folder, cpu } = options;
  const at = { cwd: folder };
  // `extract` installs nothing, so no script of a package runs, and an image for another CPU can be made.
  const flags = ['--variant=extract', `--include=${PACKAGES}`, `--architectures=${cpu}`];
  await runShown('mmdebstrap', [...flags, DEBIAN, path.join(folder, 'base.tar')], at);
  const file = path.join(folder, 'base.Dockerfile');
  writeFileSync(file, 'FROM scratch\nADD base.tar /\n');
  const args = ['--platform', `linux/${cpu}`, '--tag', OWN_BASE, '--file', file, folder];
  await runShown('buildah', ['build', ...args], at);
}
