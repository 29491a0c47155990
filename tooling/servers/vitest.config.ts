import { serviceTestConfig } from './src/vitest-config.ts';

export default serviceTestConfig();
