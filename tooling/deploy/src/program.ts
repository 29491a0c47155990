/** A command that is run from a checkout. */
interface Program<Wanted extends object> {
  readonly usage: string;
  /** What the arguments ask for; `help`, or a sentence about what is wrong with them. Errors of `parseArgs` may pass. */
  readonly parse: (args: string[]) => Wanted | string;
  /** Returns the exit code. */
  readonly run: (wanted: Wanted) => Promise<number>;
}

/** Runs a command as this process. What the caller has to correct is said on stderr, with exit code 1. */
export async function runProgram<Wanted extends object>(program: Program<Wanted>): Promise<void> {
  const { usage, parse, run } = program;
  const wanted = parsed(parse);
  if (wanted === 'help') {
    process.stdout.write(usage);
    return;
  }
  if (typeof wanted === 'string') {
    process.exitCode = 1;
    process.stderr.write(`${wanted}\n\n${usage}`);
    return;
  }
  try {
    process.exitCode = await run(wanted);
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${fileFault(error)}\n`);
  }
}

function parsed<Wanted extends object>(parse: Program<Wanted>['parse']): Wanted | string {
  try {
    return parse(process.argv.slice(2));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * What to say about a file or folder of the caller that cannot be read or written. Everything else is a fault of the program,
 * and is thrown on.
 */
function fileFault(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
  return `${error.message}\n  Next step: name a file or folder that you may write`;
}
