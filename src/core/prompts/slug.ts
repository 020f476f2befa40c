/** Max characters of a slug. */
const maxSlugLength = 80;
/** Max UTF-16 units of a name that are used. */
const maxNameLength = 1000;

/**
 * The slug of a name: letters, marks and digits of every script in lower case, with one `-` for anything
 * between them. Never empty; long names are clipped.
 */
export function slugOf(name: string): string {
  const start = name.slice(0, maxNameLength).normalize('NFC').toLowerCase();
  const words = start.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const slug = [...words.join('-')].slice(0, maxSlugLength).join('');
  return slug.replace(/-$/, '') || 'prompt';
}

/** Makes unique slugs: the second `sum` becomes `sum-2`, the third `sum-3`. */
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
