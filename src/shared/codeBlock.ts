/** A text as a Markdown code block, whose fence is longer than any run of backticks in it. */
export function codeBlock(raw: string, language = ''): string {
  // A carriage return at the end would otherwise be read together with the line break after it.
  const text = raw.replaceAll(/\r\n?/g, '\n');
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
