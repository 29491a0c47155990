import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** Weeks of an ordinary log. Together with the previous file, it fits on any disk. */
const MAX_BYTES = 20 * 1024 * 1024;

/**
 * The log of one process across its restarts. A full file is renamed to `….1` and replaces the
 * previous one. If a line cannot be written, for example to a full disk, it is dropped: a log never
 * stops the system.
 */
export class LogFile {
  readonly path: string;
  readonly #maxBytes: number;
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(path: string, maxBytes = MAX_BYTES) {
    this.path = path;
    this.#maxBytes = maxBytes;
  }

  write(chunk: Uint8Array | string): void {
    const bytes = Buffer.from(chunk);
    try {
      const descriptor = this.#open();
      this.#bytes += bytes.length;
      writeSync(descriptor, bytes);
      if (this.#bytes >= this.#maxBytes) {
        this.close();
        renameSync(this.path, `${this.path}.1`);
      }
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    if (this.#descriptor === undefined) {
      this.#descriptor = openSync(this.path, 'a', 0o600);
      this.#bytes = fstatSync(this.#descriptor).size;
    }
    return this.#descriptor;
  }
}
