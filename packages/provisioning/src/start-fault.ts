import { Fault } from '@landfall/domain/fault';

/** The message for the person at the terminal if something does not start. */
export type StartFaultText = {
  readonly what: string;
  readonly why: string;
  readonly next: string;
};

export type StartFaultCode =
  | 'binary_missing'
  | 'folder_in_use'
  | 'folder_unusable'
  | 'not_permitted'
  | 'not_restartable'
  | 'start_failed'
  | 'stop_failed';

/** A `Fault` whose message has three lines: what failed, why, and the next step. Never retried. */
export function startFault(code: StartFaultCode, text: StartFaultText, cause?: unknown): Fault {
  const message = `${text.what}\n  why:  ${text.why}\n  next: ${text.next}`;
  return new Fault(code, message, { retry: 'never', cause });
}
