import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';

/** 256 bits, so that nobody can try them all. */
const SECRET_BYTES = 32;

/** A new secret, in letters and digits that need no escaping in a URL, a shell, or the configuration of nats-server. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex');
}

/**
 * Writes a file with secrets. Other users of the machine must not read it, not even while it is written. An interrupted run leaves
 * no half of it, which a later run would keep.
 */
export function writePrivateFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}
