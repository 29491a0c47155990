/** Enough to explain a failed start, too little to flood a terminal. */
const MAX_LINES = 8;
/** pino's names; what is below them does not explain an end. */
const serious = new Set(['warn', 'error', 'fatal']);

/**
 * What a process wrote last, for a person: of its JSON log the warnings and errors, each as one line
 * with its reasons, and everything that is no JSON as it is.
 */
export function lastWords(output: string): readonly string[] {
  const lines = output.split('\n').flatMap(readable);
  return lines.length > 0 ? lines.slice(-MAX_LINES) : ['it said nothing about it'];
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
