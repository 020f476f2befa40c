import { describe, expect, it } from 'vitest';
import { findBlocks } from '../../../../src/core/prompts/markdownBlocks.ts';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { briefs, namesAndTexts } from './reading.ts';

function titles(text: string): readonly string[] {
  return findBlocks(text.split('\n'), 0).headings.map(({ title }) => title);
}

describe('headings', () => {
  it.each([
    ['## Sum', 'Sum'],
    ['##\tSum', 'Sum'],
    ['   ## Sum', 'Sum'],
    ['## Sum ##', 'Sum'],
    ['## Sum ########  ', 'Sum'],
    ['## C#', 'C#'],
    ['## a # b', 'a # b'],
    ['##', ''],
    ['## ##', ''],
    ['## 合計と積', '合計と積'],
  ])('%j starts a prompt', (line, title) => {
    expect(titles(line)).toEqual([title]);
  });

  it.each([
    '# One',
    '### Three',
    '    ## Indented',
    '\t## Tab',
    '> ## Quoted',
    '- ## Item',
    '- item\n\n  ## In the item',
    '> > 1. ## Deep',
    '> text\n> ## Quoted',
    '<div>\n## In HTML\n</div>',
    '</details>\n## In HTML',
    '<custom-tag>\n## In HTML',
    '[a]: javascript:x\n<custom-tag>\n## In HTML',
    '\\## No',
  ])('%j starts no prompt', (line) => {
    expect(titles(line)).toEqual([]);
  });

  it('are not made by underlines, which are reported', () => {
    expect(titles('Heading\n-------')).toEqual([]);
    expect(briefs('## A\nfirst\nsecond\n---\ntext')).toEqual([
      'information underlined-heading 2:0 "second"',
    ]);
  });

  it('in list items start no prompt, and a warning says so', () => {
    const text = '## A\n1. step\n\n   ## B\n\ntext\n\n- ## C\n';
    expect(namesAndTexts(text).map(([name]) => name)).toEqual(['A']);
    expect(briefs(text)).toEqual(['warning heading-in-list 3:3 "##"']);
  });

  it('without a space are text, and a warning says so', () => {
    const text = '## A\ntext\n##Next\ntext';
    expect(namesAndTexts(text)).toEqual([['A', 'text\n##Next\ntext']]);
    expect(briefs(text)).toEqual(['information heading-needs-space 2:0 "##"']);
  });
});

describe('code fences', () => {
  it.each([
    ['backticks', '```\n## x\n```'],
    ['tildes', '~~~\n## x\n~~~'],
    ['an info string', '```md {1}\n## x\n```'],
    ['a longer closing fence', '```\n## x\n`````'],
    ['a shorter inner fence', '`````\n```\n## x\n```\n`````'],
    ['the other mark inside', '```\n~~~\n## x\n```'],
    ['three spaces before', '   ```\n## x\n   ```'],
    ['text after a would-be closing fence', '```\n``` no\n## x\n```'],
    ['a closing fence indented too far', '```\n    ```\n## x\n```'],
    ['backticks after tildes', '~~~ a`b\n## x\n~~~'],
    ['a list item', '- text\n  ```\n  ## x\n  ```'],
    ['a list item that starts with it', '- ```\n  ## x\n  ```'],
    ['a nested list item', '1. a\n   - b\n\n     ```\n     ```\n     ~~~\n     ## x\n     ~~~'],
  ])('with %s hide headings and end', (_, fence) => {
    expect(titles(`${fence}\n## After`)).toEqual(['After']);
  });

  it.each([
    ['two marks', '``\n## x'],
    ['a backtick after the opening marks', '``` a`b\n## x'],
    ['four spaces before', 'text\n\n    ```\n## x'],
    ['a list item that has ended', '- ```\n## x'],
  ])('are not made by %s', (_, text) => {
    expect(titles(text)).toEqual(['x']);
  });

  it('that are never closed hide the rest and are reported', () => {
    const text = '## A\n ~~~~\n## B';
    expect(namesAndTexts(text)).toEqual([['A', ' ~~~~\n## B']]);
    expect(briefs(text)).toEqual(['error unclosed-fence 1:1 "~~~"']);
  });
});

describe('HTML that only its end tag closes', () => {
  it.each([
    '<pre>\n## x\n\n## y\n</pre>',
    '<SCRIPT>\n## x\n</script> end',
    '<style\n>\n## x\n</style>',
    '<![CDATA[\n## x\n]]>',
    '<?php\n## x\n?>',
    '<!DOCTYPE\n## x\n>',
  ])('%j hides headings and ends', (html) => {
    expect(titles(`${html}\n## After`)).toEqual(['After']);
  });

  it.each(['<prefix>\n\n## x', 'text <pre>\n## x', '<div>\n\n## x'])(
    '%j hides no headings',
    (text) => {
      expect(titles(text)).toEqual(['x']);
    },
  );

  it.each([
    '</details>\n## B\ntext',
    '<div>\n## B\n\ntext\n</div>',
    '<br>\ntext\n ## B',
    '<note>\n</note>\n## B',
  ])('is an error when a heading after its closing tag belongs to it: %j', (html) => {
    expect(briefs(`## A\n\n${html}`)).toEqual([
      expect.stringMatching(/^error heading-in-html \d:\d "##"$/),
    ]);
  });

  it.each(['<div>\n## x\n</div>', '<doc>\n## x\ny</doc>\n\n', '- <div>\n  ## x'])(
    'may contain headings before its closing tag: %j',
    (html) => {
      expect(briefs(`## A\n\n${html}`)).toEqual([]);
    },
  );

  it.each(['<div>', '</details>', 'text\n<div>'])('%j contains no options of a prompt', (html) => {
    const comment = '<!-- interleave\nskip: true\n-->';
    expect(briefs(`## A\n${html}\n${comment}\ntext`)).toEqual([
      expect.stringMatching(/^error misplaced-options \d:0 "<!--"$/),
    ]);
  });

  it('is an error when it is never closed and hides a heading', () => {
    expect(briefs('## A\ntext\n\n<pre>\n## B')).toEqual(['error unclosed-html 3:0 "<p"']);
    expect(briefs('## A\ntext\n\n<pre>\nB')).toEqual(['warning unclosed-html 3:0 "<p"']);
  });
});

describe('list items and quotes', () => {
  it.each(['- ```\n  ## x', '> ```\n> ## x', '1. <!-- a\n   ## x', '> <pre>\n> ## x'])(
    'end the blocks open in them: %j',
    (nested) => {
      expect(titles(`${nested}\n## After`)).toEqual(['After']);
      expect(briefs(`## A\n\n${nested}`)).toEqual([]);
    },
  );

  it('contain no options of a prompt', () => {
    expect(briefs('## A\n- <!-- interleave skip: true -->\n  text')).toEqual([
      'error misplaced-options 1:2 "<!--"',
    ]);
  });

  it.each(['- ', '> ', '1. ', '- > '])('of any depth hide nothing after them: %j', (mark) => {
    expect(titles(`${mark.repeat(1000)}x\n\n## After\n\n${mark.repeat(50)}\n## Last`)).toEqual([
      'After',
      'Last',
    ]);
  });
});

/** Without the nesting limit, some of these overflow the stack and others take minutes. */
const largeTexts: readonly (readonly [string, string])[] = [
  ['quotes in one line', `${'> '.repeat(200_000)}\n`],
  ['list items in one line', `${'- '.repeat(200_000)}x\n`],
  ['lines that continue a deep quote', `${'> '.repeat(1000)}a\n${'a\n'.repeat(100_000)}`],
  ['lines of a deep list', `${'- '.repeat(100)}a\n`.repeat(2_000)],
  ['a staircase of lists', Array.from({ length: 800 }, (_, n) => `${' '.repeat(n)}- a\n`).join('')],
  ['list items', '- item\n'.repeat(50_000)],
  ['open brackets', `${'['.repeat(400_000)}\n`],
  ['lines with open brackets', '[\n'.repeat(150_000)],
  ['definitions with open titles', '[a]: b\n"x\n'.repeat(40_000)],
  ['open fences in list items', '- ```\n'.repeat(50_000)],
  ['open comments in list items', '- <!--\n'.repeat(50_000)],
  ['an open tag', `<a${' b="'.repeat(100_000)}\n`],
  ['open tags', '<div\n\n'.repeat(50_000)],
  ['table cells', `${'|a'.repeat(50_000)}|\n${'|-'.repeat(50_000)}|\n${'|\n'.repeat(50_000)}`],
  ['blank lines', `${'\n'.repeat(400_000)}x\n`],
  ['backticks', `text\n${'`'.repeat(400_000)} \`\n`],
];

describe('large and hostile texts', () => {
  it.each(largeTexts)('are parsed in linear time: %s', (_, text) => {
    expect(titles(`## Before\n\n${text}\n\n## After`)).toEqual(['Before', 'After']);
  });
});

describe('HTML comments', () => {
  it.each([
    ['over several lines', '<!-- a\n\n## x\n--> b'],
    ['with a fence in them', '<!--\n```\n-->'],
    ['on one line', '<!-- a -->'],
    ['of the shortest kind', '<!-->'],
    ['in a list item', '- <!-- a\n  ## x\n  -->'],
  ])('%s hide headings and end', (_, comment) => {
    expect(titles(`${comment}\n## After`)).toEqual(['After']);
  });

  it('within a line or a fence hide nothing', () => {
    expect(titles('text <!-- a\n## x\n```\n<!--\n```\n## y')).toEqual(['x', 'y']);
  });

  it('that are never closed hide the rest and are reported', () => {
    expect(briefs('## A\ntext\n<!-- a\n## B')).toEqual(['error unclosed-comment 2:0 "<!--"']);
  });
});

describe('A block that is never closed', () => {
  it.each([
    ['<!-- a', 'This comment is never closed', 'Close it with "-->".'],
    ['<pre>', 'This HTML is never closed', 'Close it.'],
    ['```', 'This code fence is never closed', 'Close it with a line of the same marks.'],
    ['<!-- interleave', 'This options comment is never closed.', 'Close it with "-->".'],
  ])('%j is named, with what to do', (open, what, remedy) => {
    const { diagnostics } = parsePromptFile(`## A\n${open}\n## B`, 'a.prompts.md');
    const [message = ''] = diagnostics.map((diagnostic) => diagnostic.message);
    expect(message.startsWith(what)).toBe(true);
    expect(message.endsWith(remedy)).toBe(true);
  });
});
