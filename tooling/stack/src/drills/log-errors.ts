import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** pino's level for errors. */
const ERROR_LEVEL = 50;

/** The errors in the logs of a stack's services, as `service: message`. */
export function logErrors(folder: string): string[] {
  return readdirSync(folder).flatMap((file) =>
    readFileSync(path.join(folder, file), 'utf8')
      .split('\n')
      .flatMap((line) => errorIn(line))
      .map((message) => `${path.basename(file, '.log')}: ${message}`),
  );
}

function errorIn(line: string): string[] {
  if (!line.startsWith('{')) return [];
  const { level, msg, err } = parsed(line);
  if (typeof level !== 'number' || level < ERROR_LEVEL) return [];
  return [`${msg ?? 'without a message'}${err?.message ? ` (${err.message})` : ''}`];
}

function parsed(line: string) {
  try {
    return JSON.parse(line) as { level?: unknown; msg?: string; err?: { message?: string } };
  } catch {
    // The last line of a process that was killed.
    return {};
  }
}
