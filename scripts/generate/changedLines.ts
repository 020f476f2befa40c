/** More lines than this do not help to find the cause. */
const maxLines = 40;

/** Lines that only one of two texts has: `- ` of the current one, `+ ` of the wanted one. */
export function changedLines(current: string, wanted: string): string {
  const lines = [
    ...linesWithout(current, wanted).map((line) => `- ${line}`),
    ...linesWithout(wanted, current).map((line) => `+ ${line}`),
  ];
  if (lines.length === 0) return 'The same lines stand in another order.';
  const more = lines.length - maxLines;
  return [...lines.slice(0, maxLines), ...(more > 0 ? [`… and ${more} more lines`] : [])].join(
    '\n',
  );
}

/** The lines of a text that another one has not, or has less often. */
function linesWithout(text: string, other: string): readonly string[] {
  const left = new Map<string, number>();
  for (const line of other.split('\n')) left.set(line, (left.get(line) ?? 0) + 1);
  return text.split('\n').filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
