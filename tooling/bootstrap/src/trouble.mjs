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
