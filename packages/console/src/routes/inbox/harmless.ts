/** Scanners on the internet cause these every day. The others come from something that holds a token. */
export const HARMLESS: ReadonlySet<string> = new Set(['missing', 'malformed', 'algorithm']);
