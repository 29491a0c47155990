import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { expect, expectTypeOf, test } from 'vitest';
import type { PublicRouter } from '@landfall/contracts/api';
import type { decisionAnswer, DecisionRequest } from '@landfall/contracts/decision-request';
import type { ProductEvent } from '@landfall/contracts/product-events';
import type { RejectionCode } from '@landfall/contracts/rejections';
import type { z } from 'zod';
import type * as api from '../src/api.ts';

test('src/api.ts is what scripts/write-api.ts prints', async () => {
  const script = fileURLToPath(new URL('../scripts/write-api.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--print']);

  const written = readFileSync(new URL('../src/api.ts', import.meta.url), 'utf8');
  expect(written).toBe(stdout);
});

test('the printed types match the inputs and answers of the contracts', () => {
  // The stream is tested where it is read.
  type Called = Exclude<keyof api.Landfall, 'events'>;
  type Asked = {
    [N in Called]: { [P in keyof api.Landfall[N]]: InputOf<api.Landfall[N][P]> };
  };
  type Answered = {
    [N in Called]: { [P in keyof api.Landfall[N]]: OutputOf<api.Landfall[N][P]> };
  };
  type Inputs = Omit<inferRouterInputs<PublicRouter>, 'events'>;
  type Contract = OrUndefined<Omit<inferRouterOutputs<PublicRouter>, 'events'>>;
  expectTypeOf<Inputs>().toExtend<Asked>();
  expectTypeOf<Asked>().toExtend<Inputs>();
  for (const answered of [] as Answered[]) answered satisfies Contract;
});

test('events, decision requests and their answers have the types of the contracts', () => {
  expectTypeOf<api.ProductEvent>().toExtend<Mutable<ProductEvent>>();
  expectTypeOf<api.DecisionRequest>().toExtend<Mutable<DecisionRequest>>();
  expectTypeOf<api.DecisionAnswer>().toExtend<z.input<typeof decisionAnswer>>();
  expectTypeOf<api.RejectionCode>().toEqualTypeOf<RejectionCode>();
});

type InputOf<Call> = Call extends
  | api.Query<infer Input, unknown>
  | api.Command<infer Input, unknown>
  ? Input
  : never;
type OutputOf<Call> = Call extends api.Query<never, infer Output> | api.Command<never, infer Output>
  ? Output
  : never;
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

/** Our types allow `undefined` in optional fields. tRPC's types of answers do not, because JSON has no `undefined`. */
type OrUndefined<T> = T extends readonly (infer Item)[]
  ? OrUndefined<Item>[]
  : T extends object
    ? {
        [K in keyof T]: object extends Pick<T, K>
          ? OrUndefined<T[K]> | undefined
          : OrUndefined<T[K]>;
      }
    : T;
