/** The known word that `word` is probably a misspelling of, if there is one. */
export function nearMiss(word: string, known: readonly string[]): string | undefined {
  const plain = plainForm(word);
  let best: string | undefined;
  let bestDistance = limitFor(plain.length);
  for (const candidate of known) {
    const distance = editDistance(plain, plainForm(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Words this far apart, or further, are different ones. A single letter is a misspelling of no other one. */
function limitFor(length: number): number {
  if (length < 2) return 1;
  return length <= 3 ? 2 : 3;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearMiss(word, known);
  return meant === undefined ? '' : ` Did you mean "${meant}"?`;
}

function plainForm(word: string): string {
  return word.slice(0, 100).toLowerCase().replace(/[-_ ]/g, '');
}

/** The Levenshtein distance, up to `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced));
    }
    above = row;
  }
  return Math.min(above[b.length] ?? limit, limit);
}
