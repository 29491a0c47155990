/**
 * The known word that someone most likely meant, or undefined if none is close. Upper and lower case do not count as a
 * difference. A word may differ by one letter, longer ones by one letter in three.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // None of our names is longer, and the time of a comparison grows with the square of the length.
  if (word.length > MAX_LENGTH) return undefined;
  const given = word.toLowerCase();
  const allowed = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = distanceBetween(given, candidate.toLowerCase());
    if (distance <= allowed && distance < (best?.distance ?? Infinity))
      best = { word: candidate, distance };
  }
  return best?.word;
}

const MAX_LENGTH = 60;

/** Letters to insert, remove, replace or swap with their neighbour (optimal string alignment). */
function distanceBetween(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          (last[j] ?? Infinity) + 1,
          (row[j - 1] ?? Infinity) + 1,
          (last[j - 1] ?? Infinity) + (isSame ? 0 : 1),
          isSwap ? (beforeLast[j - 2] ?? Infinity) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? Infinity;
}
