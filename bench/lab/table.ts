/** A table with its heading. */
export interface Table {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The table in Markdown, aligned as `printTable` does. */
export function markdownTable({ title, heads, rows }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = heads.map((_, column) => (column === 0 ? '---' : '--:'));
  return `**${title}**\n\n${[heads, rule, ...rows].map(line).join('\n')}\n`;
}

/** Prints a table with a heading: first column left-aligned, others right-aligned. */
export function printTable({ title, heads, rows }: Table): void {
  const lines = [heads, ...rows];
  const widths = heads.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  const format = (line: readonly string[]): string =>
    line
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  console.log(`\n${title}`);
  console.log(format(heads));
  console.log(widths.map((width) => '-'.repeat(width)).join('  '));
  for (const row of rows) console.log(format(row));
}

/** A number with this many decimals. */
export function decimals(value: number, count: number): string {
  return Number.isFinite(value) ? value.toFixed(count) : '-';
}

/** A share in percent with one decimal. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}
