const longestSlug = 80;
const longestLookedAt = 1000;

/**
 * The part of a prompt's id that stands for its name: lower case, letters, marks and digits of every
 * script kept, everything else one `-`. Never empty; long names are cut.
 */
export function slugOf(name: string): string {
  const start = name.slice(0, longestLookedAt).normalize('NFC').toLowerCase();
  const words = start.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const slug = [...words.join('-')].slice(0, longestSlug).join('');
  return slug.replace(/-$/, '') || 'prompt';
}

/** Hands out slugs that differ: the second `sum` becomes `sum-2`, the third `sum-3`. */
export class UniqueSlugs {
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();

  next(name: string): string {
    const slug = slugOf(name);
    let count = this.#counts.get(slug) ?? 0;
    let candidate: string;
    do {
      count++;
      candidate = count === 1 ? slug : `${slug}-${count}`;
    } while (this.#taken.has(candidate));
    this.#counts.set(slug, count);
    this.#taken.add(candidate);
    return candidate;
  }
}
