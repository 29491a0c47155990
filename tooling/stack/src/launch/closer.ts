/** Closes what was opened, in reverse order, and continues if one part fails. */
export class Closer {
  readonly #entries: { name: string; close: () => Promise<void> }[] = [];

  add(name: string, close: () => Promise<void>): void {
    this.#entries.push({ name, close });
  }

  /** Returns the names of the parts that did not close, with the reason. */
  async closeAll(): Promise<string[]> {
    const failures: string[] = [];
    for (const entry of this.#entries.splice(0).toReversed()) {
      try {
        await entry.close();
      } catch (error) {
        failures.push(`${entry.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return failures;
  }
}
