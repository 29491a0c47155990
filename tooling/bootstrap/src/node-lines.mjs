import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { childEnvironment } from './environment.mjs';
import { pins, platformName } from './platform.mjs';
import { fetchOnce } from './toolchain.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Node lines that our packages for others support, but Landfall itself does not run on: version and
 * sha512 by platform, as in `pins`.
 * @type {Record<string, Record<number, { version: string, integrity: string }>>}
 */
export const olderLines = {
  'linux-x64': {
    20: {
      version: '20.20.2',
      integrity:
        'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
    },
    22: {
      version: '22.23.5',
      integrity:
        'sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
    },
  },
  'linux-arm64': {
    20: {
      version: '20.20.2',
      integrity:
        'sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==',
    },
    22: {
      version: '22.23.5',
      integrity:
        'sha512-e1LOUGKVruPGuLVutn8+Cgm5pI1APm4Kvh+zbb/qe/ZpD9s+TQby5iUgZOWmPpbSKpj0Td8DP1N0NEnXasHizg==',
    },
  },
};

/**
 * The program of a Node line such as 20: this Node if it is of that line, else one fetched once into
 * `.toolchain/`. Throws on a platform without pinned versions.
 * @param {number} line
 * @returns {Promise<string>}
 */
export async function nodeOfLine(line) {
  if (process.version.startsWith(`v${line}.`)) return process.execPath;
  const platform = platformName();
  const name = `node-${platform}`;
  const own = pins[platform]?.[name];
  const pin = own?.version.startsWith(`${line}.`) ? own : olderLines[platform]?.[line];
  if (!pin) throw new Error(`No version of Node ${line} is pinned for ${platform}.`);
  const modules = await fetchOnce(root, { [name]: pin }, childEnvironment(process.env, { root }));
  return join(modules, name, 'bin', 'node');
}
