import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder for one stack, with a space in its path on purpose. Disposing removes it. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const parent = mkdtempSync(path.join(tmpdir(), 'landfall stack '));
  // The user that PostgreSQL runs as must be able to pass through.
  chmodSync(parent, 0o711);
  return {
    path: path.join(parent, 'data'),
    [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }),
  };
}
