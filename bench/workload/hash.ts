/** A cheap 32-bit hash of a text (FNV-1a with a final mix), the same on every machine. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(hash);
}

/** A whole number from 0 to `below` - 1, derived from the arguments. */
export function pick(below: number, seed: number, ...place: readonly number[]): number {
  let hash = mix(seed ^ 0x9e3779b9);
  for (const part of place) hash = mix(Math.imul(hash, 31) + part + 1);
  return hash % below;
}

/** The whole numbers from 0 to `count` - 1 in an order derived from the seed. */
export function shuffled(count: number, seed: number): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = pick(last + 1, seed, last);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
