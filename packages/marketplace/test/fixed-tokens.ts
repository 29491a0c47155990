import type { TokenSource } from '../src/token-source.ts';

/** Gives token-1 until it is refused, then token-2, and so on. */
export function fixedTokens(): TokenSource & { readonly refused: string[] } {
  const refused: string[] = [];
  return {
    refused,
    get: () => Promise.resolve(`token-${refused.length + 1}`),
    invalidate: (token) => {
      refused.push(token);
    },
  };
}
