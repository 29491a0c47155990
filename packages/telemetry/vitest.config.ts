import { testLimits } from '@landfall/config/patience';
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: testLimits });
