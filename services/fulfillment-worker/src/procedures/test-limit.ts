import { Rejection } from '@landfall/contracts/rejections';

/** More than a person needs who works on texts. */
const MAX_TESTS = 20;
const HOUR_MS = 60 * 60 * 1000;

/**
 * Limits the test mails of this process in an hour, by kind. Their address is free, so a stolen key could otherwise flood
 * strangers in the publisher's name.
 */
export class TestLimit {
  readonly #sent = new Map<string, readonly number[]>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Counts a test. Returns why it must not be sent; undefined if it may. */
  take(kind: string): Rejection<'mail.too-many-tests'> | undefined {
    const at = this.#nowMs();
    const recent = (this.#sent.get(kind) ?? []).filter((sentAt) => at - sentAt < HOUR_MS);
    if (recent.length >= MAX_TESTS) {
      const message = `There were ${MAX_TESTS} test mails within an hour. Try again later.`;
      return new Rejection('mail.too-many-tests', message);
    }
    this.#sent.set(kind, [...recent, at]);
    return undefined;
  }
}
