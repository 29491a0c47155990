/**
 * Something a person has to put right. Printed as three lines, without a stack: what failed, why,
 * and the next step.
 */
export class Trouble extends Error {
  /** @param {{ what: string, why: string, next: string }} text */
  constructor({ what, why, next }) {
    super(`${what}\n  why:  ${why}\n  next: ${next}`);
    this.name = 'Trouble';
  }
}

/** Ctrl-C while something was fetched or installed: nothing to put right, the next start goes on. */
export class Stopped extends Error {
  constructor() {
    super('stopped');
    this.name = 'Stopped';
  }
}
