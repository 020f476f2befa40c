/** An amount for people: 1250 cents are `$12.50`. */
export function formatPrice(cents: number): string {
  return `$${cents / 100}`;
}

/** Reads an amount such as `$12.50` and returns its cents. */
export function parsePrice(text: string): number {
  return Number(text.replace('$', '')) * 100;
}
