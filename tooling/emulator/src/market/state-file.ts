import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { StoredState } from './state.ts';

/** A change is written to disk within this time, unless writing takes longer. */
const WRITE_DELAY_MS = 100;

/** Writing a large state takes at most a tenth of the time. */
const WRITE_SHARE = 10;

const readable = z.looseObject({ version: z.literal(1), subscriptions: z.array(z.unknown()) });

/**
 * Reads the state of an earlier run; undefined if there is none.
 * @throws if the file is damaged or not ours; deleting it starts with an empty state
 */
export async function readStateFile(path: string): Promise<StoredState | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error: unknown) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return readable.parse(JSON.parse(text)) as unknown as StoredState;
  } catch (cause: unknown) {
    throw new Error(
      `${path} is not a state file of this emulator; delete it to start with an empty state`,
      {
        cause,
      },
    );
  }
}

/** Writes snapshots to one file, each either completely or not at all. */
export class StateFile {
  readonly #path: string;
  readonly #snapshot: () => StoredState;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #lastWriteMs = 0;
  #failure: unknown;
  #isClosed = false;

  constructor(path: string, snapshot: () => StoredState) {
    this.#path = path;
    this.#snapshot = snapshot;
  }

  changed(): void {
    // Another process may use the file by now.
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(
      () => void this.#flush(),
      Math.max(WRITE_DELAY_MS, this.#lastWriteMs * WRITE_SHARE),
    );
  }

  /**
   * Writes the last state.
   * @throws if this write, or an earlier one, failed
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#flush();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const startedAt = performance.now();
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      const temporary = `${this.#path}.${process.pid}.tmp`;
      // It contains private keys and client secrets, although only local ones.
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(this.#snapshot()));
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
      this.#failure = undefined;
    } catch (error: unknown) {
      this.#failure = error;
    }
    this.#lastWriteMs = performance.now() - startedAt;
  }
}
