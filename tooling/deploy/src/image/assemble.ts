import { chmodSync, cpSync, existsSync, globSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bundles, operatorBundles, repositoryRoot, type Bundle } from '../bundles.ts';

/** What `/app` of the image contains, one folder per program. The emulator is not part of it. */
export const imagePrograms: readonly Bundle[] = [...bundles, ...operatorBundles].filter(
  ({ program }) => program !== 'emulator',
);

/** Package files that a program reads while it runs, so they cannot be in its bundle. */
const readByGateway = {
  '@landfall/design': 'package.json src/tokens.css src/mark.svg',
  'swagger-ui-dist':
    'package.json LICENSE NOTICE swagger-ui.css swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt',
};

const consoleBuild = path.join(repositoryRoot, 'packages', 'console', 'dist');

/**
 * Fills `folder` with what `/app` of the image contains, from bundles that are up to date and a built console. Any user can read
 * the files, because the image runs as a user that does not own them.
 */
export function assembleApp(folder: string): void {
  if (!existsSync(path.join(consoleBuild, 'index.html'))) {
    throw new Error('The console is not built.\n  Next step: run npm run build');
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const bundle of imagePrograms) copyBundle(bundle, path.join(folder, bundle.program));
  copyPackages(path.join(repositoryRoot, 'services', 'gateway'), path.join(folder, 'gateway'));
  cpSync(consoleBuild, path.join(folder, 'console'), { recursive: true });
  cpSync(
    path.join(repositoryRoot, 'tooling', 'deploy', 'image', 'healthy.mjs'),
    path.join(folder, 'healthy.mjs'),
  );
  cpSync(path.join(repositoryRoot, 'LICENSE'), path.join(folder, 'LICENSE'));
  makeReadable(folder);
}

function copyBundle({ folder, inputsFile }: Bundle, target: string): void {
  const isNeeded = (file: string) => file !== inputsFile && !file.endsWith('.tmp');
  cpSync(folder, target, { recursive: true, filter: isNeeded });
}

function copyPackages(root: string, target: string): void {
  for (const [name, files] of Object.entries(readByGateway)) {
    for (const file of files.split(' ')) {
      const place = path.join('node_modules', name, file);
      cpSync(path.join(root, place), path.join(target, place), { dereference: true });
    }
  }
}

/** The umask of the user who builds must not decide who can read the files. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of globSync('**/*', { cwd: folder, withFileTypes: true })) {
    chmodSync(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}
