/** Length of a huge answer in UTF-16 units. */
export const hugeAnswerLength = 300_000;

const code = 'let a = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10; // twelve\n';

/** A table of many rows, a fence of 5,000 lines, and one line of 200 kB before many paragraphs. */
export const hugeAnswers: readonly string[] = [
  `| x | y |\n|---|---|\n${'| aaa | bbb |\n'.repeat(hugeAnswerLength / 14)}`,
  `\`\`\`js\n${code.repeat(5_000)}\`\`\`\n`,
  `${'One **two** three, four. '.repeat(8_000)}\n\n${'Five.\n\n'.repeat(14_000)}`,
].map((text) => text.slice(0, hugeAnswerLength));
