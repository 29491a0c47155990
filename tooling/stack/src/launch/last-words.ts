/** Enough to explain a failed start, few enough not to flood a terminal. */
const MAX_LINES = 8;
/** Names of pino's levels; lower ones do not explain why a process ended. */
const serious = new Set(['warn', 'error', 'fatal']);

/**
 * The last output of a process, for a person: the warnings and errors of its JSON log, each as one
 * line with its causes, and all lines that are not JSON.
 */
export function lastWords(output: string): readonly string[] {
  const lines = output.split('\n').flatMap(readable);
  return lines.length > 0 ? lines.slice(-MAX_LINES) : ['its log does not say why'];
}

function readable(line: string): string[] {
  if (line.trim() === '') return [];
  const entry = parse(line);
  if (!entry) return [line];
  if (!serious.has(String(entry['level']))) return [];
  return [[entry['msg'], ...reasons(entry['err'])].filter(Boolean).join(': ')];
}

/** The messages of an error and of its causes, as pino writes them. */
function reasons(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { message, cause } = error as { message?: unknown; cause?: unknown };
  return [...(typeof message === 'string' ? [message] : []), ...reasons(cause)];
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}
