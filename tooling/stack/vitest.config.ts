import { fileURLToPath } from 'node:url';
import { testLimits } from '@landfall/config/patience';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These wait longest: begun first, they wait while the others work. */
const LONGEST_FIRST = ['chaos', 'gallery', 'start', 'interleavings', 'servers', 'scenarios'];

class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONGEST_FIRST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return index < 0 ? LONGEST_FIRST.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** Holds a limit of Microsoft's under full load: beside other systems it would measure them. */
const ALONE = 'test/neighbours.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'alone', include: [ALONE], sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
          exclude: [ALONE],
          sequence: { groupOrder: 2 },
        },
      },
    ],
    // Each file starts a whole system and then mostly waits for it: four at once use two cores well.
    maxWorkers: 4,
    sequence: { sequencer: Sequencer },
    // Services are started hundreds of times: compiled once, a start costs half the time.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL('../../.toolchain/compile-cache', import.meta.url)),
    },
    ...testLimits,
  },
});
