import { describe, expect, it } from 'vitest';
import { scanMarkdown } from '../../../../src/core/prompts/markdownBlocks.ts';
import { briefs, namesAndTexts } from './reading.ts';

function titles(text: string): readonly string[] {
  return scanMarkdown(text.split('\n'), 0).headings.map(({ title }) => title);
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
    '\\## No',
  ])('%j starts none', (line) => {
    expect(titles(line)).toEqual([]);
  });

  it('are not made by underlines', () => {
    expect(titles('Heading\n-------')).toEqual([]);
  });

  it('without a space are text, and say so', () => {
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
    ['a closing fence that is indented too far', '```\n    ```\n## x\n```'],
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

  it('that are never closed hide the rest and are pointed at', () => {
    const text = '## A\n ~~~~\n## B';
    expect(namesAndTexts(text)).toEqual([['A', ' ~~~~\n## B']]);
    expect(briefs(text)).toEqual(['error unclosed-fence 1:1 "~~~"']);
  });
});

describe('HTML that only its end mark closes', () => {
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

  it.each(['<prefix>\n\n## x', 'text <pre>\n## x', '<div>\n\n## x'])('%j hides none', (text) => {
    expect(titles(text)).toEqual(['x']);
  });

  it('and is never closed is an error where it hides a heading', () => {
    expect(briefs('## A\ntext\n\n<pre>\n## B')).toEqual(['error unclosed-html 3:0 "<p"']);
    expect(briefs('## A\ntext\n\n<pre>\nB')).toEqual(['warning unclosed-html 3:0 "<p"']);
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

  it('inside a line or a fence hide nothing', () => {
    expect(titles('text <!-- a\n## x\n```\n<!--\n```\n## y')).toEqual(['x', 'y']);
  });

  it('that are never closed hide the rest and are pointed at', () => {
    expect(briefs('## A\ntext\n<!-- a\n## B')).toEqual(['error unclosed-comment 2:0 "<!--"']);
  });
});
