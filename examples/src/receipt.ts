import { afterDiscount, type CartLine, totalOf } from './cart.ts';
import { formatPrice } from './format.ts';

/** The text of a receipt: one line for every line of the cart, then the total. */
export function receiptFor(lines: readonly CartLine[], discountPercent: number): string {
  const rows = lines.map(
    (line) => `${line.quantity} × ${line.name}  ${formatPrice(line.price * line.quantity)}`,
  );
  const total = afterDiscount(totalOf(lines), discountPercent);
  return [...rows, `Total  ${formatPrice(total)}`].join('\n');
}
