import type { Caller } from './caller.ts';
import { Rejection } from './rejections.ts';
import type { ProcedureScope } from './scopes.ts';

/** A key, or a person with a session. */
type Outsider = Exclude<Caller, { kind: 'service' }>;

/** Whether a caller from outside may call a procedure with this scope. */
export function mayCall(caller: Outsider, scope: ProcedureScope): boolean {
  if (scope === 'internal') return false;
  // A session can have no role any more.
  if (scope === 'any') return caller.kind === 'api-key' || caller.scopes.length > 0;
  return caller.scopes.includes(scope);
}

/** What a caller without the scope of a procedure should do. */
export function scopeNeeded({ kind }: Outsider, scope: ProcedureScope): string {
  if (scope === 'any') return 'You have no role. Ask an admin for one.';
  return kind === 'operator'
    ? `Your role does not include the scope ${scope}. Ask an admin for a role that includes it.`
    : `This key does not have the scope ${scope}. Ask an admin for a key that has it.`;
}

/** The answer to a program that calls a procedure for people. */
export function sessionNeeded(): Rejection<'session.needed'> {
  return new Rejection(
    'session.needed',
    'This call is for people who have signed in to the console. Programs call keys.own (GET /v1/me).',
  );
}
