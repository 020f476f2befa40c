/** One line of a shopping cart. */
export interface CartLine {
  readonly name: string;
  /** Cents for one piece. */
  readonly price: number;
  readonly quantity: number;
}

/** The price of everything in the cart, in cents. */
export function totalOf(lines: readonly CartLine[]): number {
  return lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
}

/** A total with a discount taken off, in cents. */
export function afterDiscount(total: number, percent: number): number {
  return total - (total * percent) / 100;
}
