import { join } from 'node:path';

import { removeCluster } from '../src/postgres-cluster.ts';
import { throwAwayFolder } from '../src/throw-away-servers.ts';

/** A folder with a space in its path, which is too long for a unix socket. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const top = throwAwayFolder('landfall servers ');
  const path = join(top, 'a long name '.repeat(10).trim());
  return {
    path,
    [Symbol.dispose]() {
      removeCluster(path);
      removeCluster(top);
    },
  };
}
