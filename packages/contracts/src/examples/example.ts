import type { z } from 'zod';
import type { publicProcedures } from '../api.ts';

export type PublicProcedures = typeof publicProcedures;

/** What a caller sends to a procedure, and what it gets back. */
export interface Example<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

/** One example for each procedure of a namespace. */
export type NamespaceExamples<Namespace extends keyof PublicProcedures> = {
  readonly [Name in keyof PublicProcedures[Namespace]]: PublicProcedures[Namespace][Name] extends {
    readonly input: infer Input extends z.ZodType;
    readonly output: infer Output extends z.ZodType;
  }
    ? Example<z.input<Input>, z.input<Output>>
    : never;
};
