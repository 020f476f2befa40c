import {
  guardLimitNames,
  type LimitName,
  limits,
  mainLimitNames,
} from '../../src/core/base/limits.ts';
import { limitFlag, limitSubject } from '../../src/core/base/limitValues.ts';
import { formatInteger } from '../../src/shared/quantities.ts';

/** The rows of limits that stand together in a table of docs/limits.md. */
const rowsOfLimits = /(?:^\| `\w+`: .*\n)+/gm;

/** docs/limits.md with the rows of the main limits in its first table and of the guards in its second. */
export function withLimitRows(current: string): string {
  const tables = [mainLimitNames, guardLimitNames];
  const found = current.match(rowsOfLimits)?.length ?? 0;
  if (found !== tables.length) {
    throw new Error(`docs/limits.md has ${found} tables with rows of limits; there must be 2.`);
  }
  let next = 0;
  return current.replaceAll(rowsOfLimits, () => {
    const names = tables[next++] ?? [];
    return names.map((name) => `${limitRow(name)}\n`).join('');
  });
}

function limitRow(name: LimitName): string {
  const { default: usual, unit, minimum, maximum, reached } = limits[name];
  const range = `${formatInteger(minimum)} to ${formatInteger(maximum)}${isShort(unit) ? ` ${unit}` : ''}`;
  const cells = [
    `\`${name}\`: ${limitSubject(name)}`,
    `\`${limitFlag(name)}\``,
    usual === 0 ? 'none' : `${formatInteger(usual)} ${unit}`,
    range,
    reached,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A unit that is not the same as a word of the row. */
function isShort(unit: string): boolean {
  return ['KB', 'MB', 's'].includes(unit);
}
