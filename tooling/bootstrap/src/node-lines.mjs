import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { childEnvironment } from './environment.mjs';
import { otherNodeLines, platformName, platforms } from './platform.mjs';
import { fetchOnce } from './toolchain.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The program of a Node line such as 20: this Node if it is of that line, else one fetched once into
 * `.toolchain/`. Throws on a platform without pinned versions.
 * @param {number} line
 * @returns {Promise<string>}
 */
export async function nodeOfLine(line) {
  if (process.version.startsWith(`v${line}.`)) return process.execPath;
  const platform = platformName();
  const own = platforms[platform]?.node;
  const pin = own?.version.startsWith(`${line}.`) ? own : otherNodeLines[platform]?.[line];
  if (!pin) throw new Error(`No version of Node ${line} is pinned for ${platform}.`);
  const modules = await fetchOnce(root, [pin], childEnvironment(process.env, { root }));
  return join(modules, pin.name, 'bin', 'node');
}
