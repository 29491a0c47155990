import { RE2JS } from 're2js';

/**
 * Why a publisher's pattern cannot be used. It must mean the same to RE2, which judges answers here in
 * linear time whatever the pattern, and to browsers, which know it as HTML's `pattern` attribute.
 */
export function patternProblem(pattern: string): string | undefined {
  try {
    // HTML: "compiled with the v flag", between ^(?: and )$.
    void new RegExp(`^(?:${pattern})$`, 'v');
  } catch {
    return 'is no regular expression of HTML (JavaScript with the v flag)';
  }
  if (hasSetNotation(pattern)) return 'uses a nested class or a class operation';
  try {
    RE2JS.compile(pattern);
  } catch {
    return 'is not understood by RE2: no look-around, no back references';
  }
  return undefined;
}

const compiled = new Map<string, RE2JS>();
/** More patterns than a house of publishers has; above it they are compiled anew. */
const MAX_COMPILED = 500;

/** Whether the whole text fits. A pattern that is stored has passed {@link patternProblem}. */
export function fitsPattern(pattern: string, text: string): boolean {
  const known = compiled.get(pattern) ?? RE2JS.compile(pattern);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(pattern, known);
  return known.matches(text);
}

/** `[a[b]]`, `[a&&b]`, `[a--b]`: sets to HTML's flag, plain characters to RE2. */
function hasSetNotation(pattern: string): boolean {
  let isInClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const two = pattern.slice(at, at + 2);
    if (two.startsWith('\\')) {
      at += 1;
    } else if (isInClass) {
      if (two.startsWith('[') || two === '&&' || two === '--') return true;
      if (two.startsWith(']')) isInClass = false;
    } else if (two.startsWith('[')) {
      isInClass = true;
    }
  }
  return false;
}
