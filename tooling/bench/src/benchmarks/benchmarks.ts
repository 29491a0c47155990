import type { Benchmark } from '../harness/compare.ts';
import { accept } from './accept.ts';
import { fulfil } from './fulfil.ts';
import { growth } from './growth.ts';
import { landing } from './landing.ts';
import { rpc } from './rpc.ts';

/** Every benchmark, in the order in which `npm run bench` runs them. */
export const benchmarks: readonly Benchmark[] = [accept, fulfil, rpc, landing, growth];
