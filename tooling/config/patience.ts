/**
 * How long tests and scenarios wait for a condition. Something that hangs never happens; something
 * slow happens late: beside four busy processes on two cores, up to twenty times later than alone.
 * Waiting ends as soon as the condition holds, so a long limit costs nothing in a passing test.
 */
export const PATIENCE_MS = 120_000;

/** The same limit for `expect.poll`. */
export const PATIENCE = { timeout: PATIENCE_MS, interval: 50 } as const;

/**
 * The limit of a whole test is longer, because a test waits several times, and only the wait that
 * fails says for what.
 */
export const TEST_LIMIT_MS = 5 * PATIENCE_MS;

/** Vitest's settings for these limits, in every package. */
export const testLimits = {
  testTimeout: TEST_LIMIT_MS,
  hookTimeout: TEST_LIMIT_MS,
  teardownTimeout: PATIENCE_MS,
  expect: { poll: PATIENCE },
} as const;
