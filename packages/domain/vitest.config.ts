import { testLimits } from '@landfall/config/patience.ts';
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: testLimits });
