/** Prints what the program has not asked for but must not miss, on stderr. */
export function warn(what: string, detail: unknown): void {
  const text = detail instanceof Error ? (detail.stack ?? detail.message) : JSON.stringify(detail);
  process.emitWarning(`${what}: ${text}`, 'LandfallWarning');
}
