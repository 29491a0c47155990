import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';

/**
 * Why a publisher's pattern cannot be used. It must mean the same in RE2, which checks answers here in linear
 * time whatever the pattern is, and in browsers, which get it as HTML's `pattern` attribute.
 */
export function patternProblem(pattern: string): string | undefined {
  try {
    // The HTML standard compiles the pattern with the v flag, between ^(?: and )$.
    void new RegExp(`^(?:${pattern})$`, 'v');
  } catch {
    return 'is not a valid regular expression in HTML (JavaScript with the v flag)';
  }
  if (hasSetNotation(pattern)) return 'uses a nested class or a class operation';
  try {
    RE2JS.compile(pattern);
  } catch {
    return 'is not valid in RE2, which has no look-around and no back references';
  }
  return undefined;
}

/** More patterns than an installation has. The least recently used one is compiled again. */
const MAX_COMPILED = 500;
const compiled = new LRUCache<string, RE2JS>({ max: MAX_COMPILED });

/** Whether the whole text matches. Stored patterns have passed {@link patternProblem}. */
export function fitsPattern(pattern: string, text: string): boolean {
  const known = compiled.get(pattern) ?? RE2JS.compile(pattern);
  compiled.set(pattern, known);
  return known.matches(text);
}

/** `[a[b]]`, `[a&&b]`, `[a--b]` are set operations with HTML's flag, but plain characters in RE2. */
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
