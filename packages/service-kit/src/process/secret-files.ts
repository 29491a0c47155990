import { readFileSync, statSync } from 'node:fs';

/** A URL or a list of secrets has some hundred characters. A larger file is the wrong one. */
const MAX_FILE_BYTES = 64 * 1024;

/** What is wrong with a variable that names a file. */
interface FileFault {
  readonly name: string;
  readonly problem: string;
}

/** The variable with the path of a file that contains the value of `name`. */
export function fileVariableOf(name: string): string {
  return `${name}_FILE`;
}

/**
 * Replaces `X_FILE` by `X` with the content of the file, for each of the `names` X. Line breaks at the end of the file are not part of
 * the value. The faults contain no content of a file.
 */
export function withSecretFiles(
  given: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): { readonly env: Record<string, string | undefined>; readonly faults: readonly FileFault[] } {
  const env = { ...given };
  const faults: FileFault[] = [];
  for (const name of names) {
    const variable = fileVariableOf(name);
    const file = env[variable]?.trim();
    if (!file) continue;
    delete env[variable];
    if (env[name] !== undefined) {
      faults.push({ name: variable, problem: `is set together with ${name}; keep one of them` });
      continue;
    }
    const { text, problem } = read(file);
    if (problem !== undefined) faults.push({ name: variable, problem });
    // A faulty file counts as given, so that the variable is not reported as missing too.
    else env[name] = text;
  }
  return { env, faults };
}

function read(file: string): { readonly text?: string; readonly problem?: string } {
  try {
    const found = statSync(file);
    if (!found.isFile()) return { problem: 'does not name a file' };
    if (found.size > MAX_FILE_BYTES) return { problem: 'names a file that is too large' };
    const text = readFileSync(file, 'utf8').replace(/[\r\n]+$/, '');
    return text.trim() === '' ? { problem: 'names an empty file' } : { text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { problem: `names a file that cannot be read (${code})` };
  }
}
