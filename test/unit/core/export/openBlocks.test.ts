import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { blockCloser } from '../../../../src/core/export/openBlocks.ts';

const closeOpenBlocks = blockCloser();

/** Whether a heading below a text renders as a heading, with and without HTML support. */
function showsHeadingBelow(text: string): boolean {
  return [true, false].every((html) => showsHeading(text, html));
}

function showsHeading(text: string, html: boolean): boolean {
  const tokens = new MarkdownIt({ html }).parse(`${text}\n\n## Next`, {});
  const [open, inline, close] = tokens.slice(-3);
  return (
    open?.type === 'heading_open' &&
    open.level === 0 &&
    inline?.content === 'Next' &&
    close?.type === 'heading_close'
  );
}

const pieces = [
  ...[
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    ' ',
    '    ',
    '\t',
    '> ',
    '- ',
    '1. ',
    '```',
    '~~~~',
    '````md',
    '`',
  ],
  ...[
    '<!--',
    '-->',
    '<pre>',
    '</pre>',
    '<script>',
    '</script>',
    '<style',
    '<textarea>',
    '<?php',
    '?>',
  ],
  ...[
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE',
    '<div>',
    '</div>',
    '<details>',
    '<summary>',
    '<a href="',
    '">',
  ],
  ...[
    '## h',
    '# ',
    '---',
    '===',
    '|a|b|',
    '[a]: <',
    '[^1]: ',
    '$$',
    '\\',
    '*a',
    '\0',
    '\ufeff',
    '𝄞',
    'x',
  ],
];
const soup = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...pieces) }, fc.string()), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''));

describe('closing the blocks that an answer leaves open', () => {
  it('keeps the next heading a heading, whatever the answer contains', () => {
    fc.assert(
      fc.property(soup, (text) => {
        expect(showsHeadingBelow(closeOpenBlocks(text)), JSON.stringify(text)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a comment', 'Text\n\n<!-- note\n\nmore', '\n-->'],
    ['a comment that holds a code block', '<!--\n```\ncode', '\n```\n-->'],
    ['preformatted text', '<pre>\na\n\nb', '\n</pre>'],
    ['a script', '<script>\nlet a;', '\n</script>'],
    ['a style', '<style>\na {', '\n</style>'],
    ['a text area', '<textarea>\n\na', '\n</textarea>'],
    ['CDATA', '<![CDATA[\n\na', '\n]]>'],
    ['an instruction', '<?php\n\necho', '\n?>'],
    ['a declaration', '<!DOCTYPE\n\na', '\n>'],
    ['a fold', 'Text\n\n<details><summary>More</summary>\n\ntext', '\n\n</details>'],
    ['elements inside one another', '<div>\n\n<table>\n\na', '\n\n</table>\n</div>'],
  ])('ends %s', (_, text, end) => {
    expect(closeOpenBlocks(text)).toBe(text + end);
    expect(showsHeadingBelow(text + end)).toBe(true);
  });

  it.each([
    'a <details> b </details>',
    'Write `<details>` for it',
    '> <!-- in a quote',
    '- <pre>\n  in a list',
    '> ```\n> in a quote',
    '- a\n\n  ```\n  in a list',
    '1. ```md\n   ```\n   text',
    'Array<string> and List<T>',
  ])('leaves %j alone', (text) => {
    expect(closeOpenBlocks(text)).toBe(text);
    expect(showsHeadingBelow(text)).toBe(true);
  });

  it.each([
    ['a block of backticks', 'Text:\n\n```ts\nconst a = 1;'],
    ['a block of tildes', '~~~\ncode'],
    ['a block with more than three backticks', '````md\n```\ncode\n```'],
    ['a block whose end is shorter than its start', '````\ncode\n```'],
    ['a block whose end has more text', '```\ncode\n``` end'],
    ['a block after a closed one', '```\na\n```\n\n```\nb'],
    ['a block in a text with CRLF', 'Text\r\n```\r\ncode'],
    ['a block without content', 'Text\n```'],
  ])('closes %s', (_, text) => {
    const closed = closeOpenBlocks(text);
    expect(closed.startsWith(text)).toBe(true);
    expect(showsHeadingBelow(closed)).toBe(true);
    expect(closeOpenBlocks(closed)).toBe(closed);
  });

  it.each([
    ['a text without code', 'One.\n\nTwo.'],
    ['a closed block', '```ts\nconst a = 1;\n```'],
    ['a closed block inside a list', '1. a\n\n   ```ts\n   x\n   ```\n2. b'],
    ['a closed block beside a list marker', '- ```\n  code\n  ```\n- more'],
    ['a closed block inside a quote', '> ```\n> code\n> ```'],
    ['an unclosed block ended by its list', '- ```\n  code\n\nText'],
    ['an unclosed block ended by its quote', '> ```\n> code\n\nText'],
    ['code within a line', 'Use ``` `x` ``` for it'],
    ['a line of code that starts with backticks', '```x``` is code'],
    ['a block that shows a longer block', '````\n```\n````'],
    ['no text', ''],
  ])('leaves %s alone', (_, text) => {
    expect(closeOpenBlocks(text)).toBe(text);
    expect(showsHeadingBelow(text)).toBe(true);
  });
});
