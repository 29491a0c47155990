/**
 * An error that a person has to correct. Printed as three lines, without a stack: what failed, why,
 * and the next step.
 */
export class Trouble extends Error {
  /** @param {{ what: string, why: string, next: string }} text */
  constructor({ what, why, next }) {
    super(`${what}\n  why:  ${why}\n  next: ${next}`);
    this.name = 'Trouble';
  }
}

/** Ctrl-C during a fetch or an install. There is nothing to correct; the next start continues. */
export class Stopped extends Error {
  constructor() {
    super('stopped');
    this.name = 'Stopped';
  }
}
