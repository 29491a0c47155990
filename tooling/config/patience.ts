/**
 * How long tests and scenarios wait for a condition. Only something that hangs may exceed this: with
 * four busy processes on two cores, a step takes up to twenty times as long as on an idle machine.
 * Waiting ends as soon as the condition holds, so a long limit costs nothing in a passing test.
 */
export const PATIENCE_MS = 120_000;

/** The same limit for `expect.poll`. */
export const PATIENCE = { timeout: PATIENCE_MS, interval: 50 } as const;

/**
 * The limit of a whole test is longer, because a test waits several times, and only a wait that times
 * out says what it was waiting for.
 */
export const TEST_LIMIT_MS = 5 * PATIENCE_MS;

/** Vitest's settings for these limits, in every package. */
export const testLimits = {
  testTimeout: TEST_LIMIT_MS,
  hookTimeout: TEST_LIMIT_MS,
  teardownTimeout: PATIENCE_MS,
  expect: { poll: PATIENCE },
} as const;
