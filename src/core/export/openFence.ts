/** A fence mark with what stands before it: quote marks, list markers and indentation. */
const fenceLine = /^((?:[ \t]|>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*)(`{3,}|~{3,})(.*)$/;

interface Fence {
  readonly before: string;
  readonly mark: string;
}

/**
 * Markdown that ends with every code block closed. An answer that was cut off in the middle of one
 * would otherwise swallow whatever follows it in a document.
 */
export function closeOpenFence(text: string): string {
  let open: Fence | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) open = afterLine(line, open);
  return open === undefined ? text : `${text}\n${continuation(open)}${open.mark}`;
}

/** The code block that is open after a line, given the one that was open before it. */
function afterLine(line: string, before: Fence | undefined): Fence | undefined {
  const open = before !== undefined && isInside(line, before) ? before : undefined;
  const fence = readFence(line);
  if (fence === undefined) return open;
  if (open !== undefined) return closes(fence, open) ? undefined : open;
  return fence.mark.startsWith('`') && fence.rest.includes('`') ? undefined : fence;
}

function readFence(line: string) {
  const [, before, mark, rest] = fenceLine.exec(line) ?? [];
  if (before === undefined || mark === undefined || rest === undefined) return undefined;
  return { before, mark, rest };
}

function closes(fence: Fence & { readonly rest: string }, open: Fence): boolean {
  return (
    fence.mark.startsWith(open.mark) && fence.rest.trim() === '' && !hasListMarker(fence.before)
  );
}

/** Whether a line still belongs to the list items and quotes in which the code block began. */
function isInside(line: string, fence: Fence): boolean {
  if (fence.before.includes('>')) return line.trimStart().startsWith('>');
  if (!hasListMarker(fence.before)) return true;
  return line.trim() === '' || line.startsWith(continuation(fence));
}

function hasListMarker(before: string): boolean {
  return /[-*+.)]/.test(before);
}

/** What a further line of the same list items and quotes begins with. */
function continuation({ before }: Fence): string {
  return before.replaceAll(/[^>\t]/g, ' ');
}
