import { testLimits } from '@landfall/config/patience';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The build defines both. Tests of the sources pass their own catalogue.
  define: { VERSION: '"0.0.0"', CATALOGUE: '"{}"' },
  test: testLimits,
});
