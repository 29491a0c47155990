import { afterAll, beforeAll, describe, test } from 'vitest';
import { openFolder } from '../src/folder.ts';
import { scenarios } from '../src/scenarios/all.ts';
import type { Scenario } from '../src/scenarios/scenario.ts';
import { Stage } from '../src/stage.ts';
import { startStack, type RunningStack } from '../src/stack.ts';
import { openWorld, type World } from '../src/world.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('through the public doors of a running stack with two workers', () => {
  const folder = temporaryFolder();
  let stack: RunningStack;
  let world: World;

  beforeAll(async () => {
    stack = await startStack({
      folder: openFolder(folder.path),
      fresh: false,
      workers: 2,
      onStep: () => undefined,
      onEvent: (line) => console.error(line),
    });
    world = openWorld(stack.description);
  });

  afterAll(async () => {
    await stack?.stop();
    folder[Symbol.dispose]();
  });

  const play = (scenario: Scenario) => async () =>
    scenario.play(new Stage(world, scenario.name, () => undefined));

  for (const scenario of scenarios.filter(({ playsAlone }) => !playsAlone)) {
    test.concurrent(scenario.guarantee, play(scenario));
  }
  for (const scenario of scenarios.filter(({ playsAlone }) => playsAlone)) {
    test(scenario.guarantee, play(scenario));
  }
});
