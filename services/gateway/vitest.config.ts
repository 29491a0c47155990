import { defineConfig } from 'vitest/config';
import { serviceTestConfig } from '@landfall/servers/vitest-config';

export default defineConfig(serviceTestConfig());
