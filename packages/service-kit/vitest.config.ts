import { defineConfig } from 'vitest/config';
import { serviceTestConfig } from '@landfall/servers/vitest-config.ts';

export default defineConfig(serviceTestConfig());
