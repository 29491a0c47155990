import type { Benchmark } from '../harness/compare.ts';
import { accept } from './accept.ts';
import { consolePages } from './console.ts';
import { fulfil } from './fulfil.ts';
import { growth } from './growth.ts';
import { landing } from './landing.ts';
import { reconcile } from './reconcile.ts';
import { rpc } from './rpc.ts';
import { start } from './start.ts';
import { usage } from './usage.ts';

/** Every benchmark, in the order in which `npm run bench` runs them. */
export const benchmarks: readonly Benchmark[] = [
  accept,
  fulfil,
  rpc,
  landing,
  reconcile,
  usage,
  consolePages,
  start,
  growth,
];
