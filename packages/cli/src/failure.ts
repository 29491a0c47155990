/** How the program ends. Documented in docs/command-line.md. */
export const exitCodes = {
  done: 0,
  /** The API refused, or a check or an event failed. */
  refused: 1,
  /** Wrong or missing arguments. Nothing was sent. */
  usage: 2,
  /** No key, a wrong one, or one without the scope. */
  forbidden: 3,
  /** No answer, or one that says to try again. */
  unreachable: 4,
  /** Stopped with Ctrl-C: 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const;

interface FailureDetails {
  readonly exitCode: number;
  /** Stable code: that of the API, or one of the command line's own. */
  readonly code: string;
  readonly message: string;
  readonly nextStep?: string | undefined;
  readonly correlationId?: string | undefined;
  /** What is wrong with which field. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[] | undefined;
}

/** An end that the user can do something about. Everything else is a bug, and shows its stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly details: FailureDetails;

  constructor(details: FailureDetails) {
    super(details.message);
    this.details = details;
  }
}

export function usageError(message: string, nextStep?: string): Failure {
  return new Failure({ exitCode: exitCodes.usage, code: 'usage', message, nextStep });
}

/** Ends the program without a message: it has been said already. */
export class QuietEnd extends Error {
  override readonly name = 'QuietEnd';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`ends with ${exitCode}`);
    this.exitCode = exitCode;
  }
}
