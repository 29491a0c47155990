import { fileURLToPath } from 'node:url';
import { testLimits } from '@landfall/config/patience';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These files wait longest. If they start first, they wait while others work. */
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

/**
 * Measures one of Microsoft's time limits under full load. Other running systems would distort it, so
 * `npm test` runs it after everything else.
 */
const ALONE = 'test/neighbours.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'alone', include: [ALONE] },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
          exclude: [ALONE],
        },
      },
    ],
    // Each file starts a whole system and then mostly waits. Four at once use two cores well.
    maxWorkers: 4,
    sequence: { sequencer: Sequencer },
    // Services are started hundreds of times. With compiled code, a start takes half the time.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL('../../.toolchain/compile-cache', import.meta.url)),
    },
    ...testLimits,
  },
});
