import type { z } from 'zod';
import type { publicProcedures } from '../api.ts';
import { alerts } from './alerts.ts';
import { audit } from './audit.ts';
import { credentials } from './credentials.ts';
import { backups, doctor } from './doctor.ts';
import { events } from './events.ts';
import { imports } from './imports.ts';
import { listeners } from './listeners.ts';
import { personalData } from './personal-data.ts';

type PublicProcedures = typeof publicProcedures;

/** What a caller sends to a procedure, and what it gets back. */
export interface Example<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

/** One example for each procedure of a namespace. */
export type NamespaceExamples<Namespace extends keyof PublicProcedures> = {
  readonly [Name in keyof PublicProcedures[Namespace]]?: PublicProcedures[Namespace][Name] extends {
    readonly input: infer Input extends z.ZodType;
    readonly output: infer Output extends z.ZodType;
  }
    ? Example<z.input<Input>, z.input<Output>>
    : never;
};

/**
 * An example of each public procedure, for the OpenAPI document, the reference and the command line's help. The names are
 * Microsoft's fictitious companies. No person, key or subscription in them is real.
 */
export const examples: {
  readonly [Namespace in keyof PublicProcedures]?: NamespaceExamples<Namespace>;
} = {
  alerts,
  backups,
  audit,
  credentials,
  doctor,
  events,
  imports,
  listeners,
  personalData,
};
