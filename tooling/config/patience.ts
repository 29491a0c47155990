/**
 * How long tests and scenarios wait for what must happen. What is stuck never happens; what is slow
 * happens late: beside four busy processes on two cores, twenty times later than alone. Waiting ends
 * as soon as it happened, so a long limit costs nothing while all is well.
 */
export const PATIENCE_MS = 120_000;

/** The same for `vi.waitFor` and `expect.poll`. */
export const PATIENCE = { timeout: PATIENCE_MS, interval: 50 } as const;

/** A test waits several times, and only its own waiting says for what: its limit lies beyond. */
export const TEST_LIMIT_MS = 5 * PATIENCE_MS;

/** Vitest's settings for both, in every package. */
export const testLimits = {
  testTimeout: TEST_LIMIT_MS,
  hookTimeout: TEST_LIMIT_MS,
  teardownTimeout: PATIENCE_MS,
  expect: { poll: PATIENCE },
} as const;
