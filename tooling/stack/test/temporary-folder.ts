import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder for one stack, with a space in its path on purpose; removed when it is disposed. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const parent = mkdtempSync(path.join(tmpdir(), 'landfall stack '));
  // PostgreSQL runs as another user than root and has to pass through.
  chmodSync(parent, 0o711);
  return {
    path: path.join(parent, 'data'),
    [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }),
  };
}
