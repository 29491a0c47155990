/**
 * What to say about a file or folder of the caller that cannot be read or written. Everything else is a fault of the program,
 * and is thrown on.
 */
export function fileFault(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
  return `${error.message}\n  Next step: name a file or folder that you may write`;
}
