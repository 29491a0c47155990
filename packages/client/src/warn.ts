/** Prints what the program has not asked for but must not miss, on stderr. */
export function warn(what: string, detail: unknown): void {
  process.emitWarning(`${what}: ${textOf(detail)}`, 'LandfallWarning');
}

function textOf(detail: unknown): string {
  if (detail instanceof Error) return detail.stack ?? detail.message;
  return typeof detail === 'string' ? detail : JSON.stringify(detail);
}
