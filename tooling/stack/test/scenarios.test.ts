import { calls, type CallName } from '@landfall/microsoft-api/calls';
import { callOf, judgeAll } from '@landfall/microsoft-api/judge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenarios } from '../src/scenarios/all.ts';
import type { Scenario } from '../src/scenarios/scenario.ts';
import { ScenarioFixture } from '../src/fixture/scenario-fixture.ts';
import type { StackClient } from '../src/fixture/stack-client.ts';
import { startStackFixture, type StackFixture } from './stack-fixture.ts';

describe('through the public endpoints of a running stack with two workers', () => {
  let stack: StackFixture;
  let client: StackClient;

  beforeAll(async () => {
    stack = await startStackFixture({ workers: 2 });
    ({ client } = stack);
    await client.control.startRecording();
  });

  afterAll(() => stack[Symbol.asyncDispose]());

  const play = (scenario: Scenario) => async () =>
    scenario.play(new ScenarioFixture(client, scenario.name, () => undefined));

  for (const scenario of scenarios.filter(({ playsAlone }) => !playsAlone)) {
    test.concurrent(scenario.guarantee, play(scenario));
  }
  for (const scenario of scenarios.filter(({ playsAlone }) => playsAlone)) {
    test(scenario.guarantee, play(scenario));
  }

  test('every notification was answered before Microsoft stops waiting', async () => {
    const deliveries = await client.control.deliveries();
    const attempts = deliveries.flatMap((delivery) => delivery.attempts);

    expect(attempts.length).toBeGreaterThan(scenarios.length);
    expect(attempts.filter(({ status }) => status === null)).toEqual([]);
    expect(Math.max(...attempts.map(({ durationMs }) => durationMs))).toBeLessThan(DECISION_MS);
  });

  test("every request and every answer conforms to Microsoft's OpenAPI files", async () => {
    const recording = await client.control.recording();

    expect(recording.leftOut).toBe(0);
    expect(judgeAll(recording.calls)).toEqual([]);
  });

  test("the scenarios make every call in Microsoft's files, except the rare ones", async () => {
    const recording = await client.control.recording();

    const made = new Set(recording.calls.map((call) => callOf(call)));
    const missing = (Object.keys(calls) as CallName[]).filter((name) => !made.has(name));
    expect(missing.filter((name) => !RARE.has(name))).toEqual([]);
  });
});

/** Written by hand, from Microsoft's page on the connection webhook: ten seconds. */
const DECISION_MS = 10_000;

/**
 * Calls that the scenarios do not make: operations are listed only if a notification names none, and
 * usage is sent in batches. The marketplace package's own tests compare these calls in the same way.
 */
const RARE: ReadonlySet<CallName> = new Set(['listOperations', 'postUsageEvent']);
