import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { closeOpenFence } from '../../../../src/core/export/openFence.ts';

/** Whether a heading that is put below a text is one there. */
function showsHeadingBelow(text: string): boolean {
  const tokens = new MarkdownIt().parse(`${text}\n\n## Next`, {});
  const [open, inline, close] = tokens.slice(-3);
  return (
    open?.type === 'heading_open' &&
    open.level === 0 &&
    inline?.content === 'Next' &&
    close?.type === 'heading_close'
  );
}

describe('closeOpenFence', () => {
  it.each([
    ['a block of backticks', 'Text:\n\n```ts\nconst a = 1;'],
    ['a block of tildes', '~~~\ncode'],
    ['a block with backticks of more than three', '````md\n```\ncode\n```'],
    ['a block whose end is shorter than its start', '````\ncode\n```'],
    ['a block whose end says more', '```\ncode\n``` end'],
    ['a block inside a list', '1. First:\n\n   ```ts\n   const a = 1;'],
    ['a block that begins beside a list marker', '- ```ts\n  const a = 1;'],
    ['a block inside a quote', '> ```\n> code'],
    ['a block after a closed one', '```\na\n```\n\n```\nb'],
    ['a block in a text with CRLF', 'Text\r\n```\r\ncode'],
    ['a block that has only begun', 'Text\n```'],
  ])('closes %s', (_, text) => {
    const closed = closeOpenFence(text);
    expect(closed.startsWith(text)).toBe(true);
    expect(showsHeadingBelow(closed)).toBe(true);
    expect(closeOpenFence(closed)).toBe(closed);
  });

  it.each([
    ['a text without code', 'One.\n\nTwo.'],
    ['a closed block', '```ts\nconst a = 1;\n```'],
    ['a closed block inside a list', '1. a\n\n   ```ts\n   x\n   ```\n2. b'],
    ['a closed block beside a list marker', '- ```\n  code\n  ```\n- more'],
    ['a closed block inside a quote', '> ```\n> code\n> ```'],
    ['an unclosed block that its list has closed', '- ```\n  code\n\nText'],
    ['an unclosed block that its quote has closed', '> ```\n> code\n\nText'],
    ['code within a line', 'Use ``` `x` ``` for it'],
    ['a line of code that starts with backticks', '```x``` is code'],
    ['a block that shows a longer block', '````\n```\n````'],
    ['no text', ''],
  ])('leaves %s alone', (_, text) => {
    expect(closeOpenFence(text)).toBe(text);
    expect(showsHeadingBelow(text)).toBe(true);
  });
});
