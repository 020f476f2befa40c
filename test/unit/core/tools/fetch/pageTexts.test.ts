import { describe, expect, it } from 'vitest';
import {
  decodeText,
  isHtml,
  isText,
  readContentType,
} from '../../../../../src/core/tools/fetch/contentType.ts';
import { htmlToMarkdown } from '../../../../../src/core/tools/fetch/htmlMarkdown.ts';

describe('the type of a page', () => {
  it.each([
    [undefined, '', undefined],
    ['Text/HTML', 'text/html', undefined],
    ['text/html; charset=UTF-8', 'text/html', 'UTF-8'],
    ['text/html ;a=b; Charset = "iso-8859-1"', 'text/html', 'iso-8859-1'],
  ])('%j is %j in %j', (header, name, charset) => {
    expect(readContentType(header)).toEqual({ name, charset });
  });

  it.each([
    ...[
      '',
      'text/plain',
      'text/x-any',
      'application/json',
      'application/ld+json',
      'application/xml',
    ],
    ...[
      'application/atom+xml',
      'application/yaml',
      'application/x-ndjson',
      'application/javascript',
    ],
    ...['application/toml', 'application/sql', 'application/rtf'],
  ])('%j is text', (name) => {
    expect(isText({ name, charset: undefined })).toBe(true);
  });

  it.each([
    ...[
      'image/png',
      'application/pdf',
      'application/octet-stream',
      'application/jsonx',
      'x-text/plain',
    ],
    ...['text/', 'application/xjson', 'application/zip'],
  ])('%j is none', (name) => {
    expect(isText({ name, charset: undefined })).toBe(false);
  });

  it.each([
    ['text/html', 'x', true],
    ['application/xhtml+xml', 'x', true],
    ['', ' \n<!DOCTYPE HTML>', true],
    ['', '<html lang="en">', true],
    ['', '<HTML>', true],
    ['', '<htmlx>', false],
    ['', 'see <html>', false],
    ['', `${' '.repeat(500)}<html>`, false],
    ['text/plain', '<html>', false],
  ])('%j with %j is HTML: %s', (name, text, expected) => {
    expect(isHtml({ name, charset: undefined }, text)).toBe(expected);
  });
});

describe('the text of a page', () => {
  const latin = Buffer.from('caf\u00e9', 'latin1');
  const decode = (bytes: Buffer, header?: string) => decodeText(bytes, readContentType(header));

  it.each([
    [Buffer.from('café'), undefined, 'café'],
    [latin, 'text/plain; charset=latin1', 'café'],
    [latin, undefined, 'caf\ufffd'],
    [latin, 'text/plain; charset=unknown', 'caf\ufffd'],
    [Buffer.from('a\0b'), undefined, undefined],
  ])('%# is decoded', (bytes, header, text) => {
    expect(decode(bytes, header)).toBe(text);
  });

  it('is decoded by what HTML says of itself at its beginning', () => {
    const page = (before: string) =>
      Buffer.concat([Buffer.from(`${before}<meta charset='latin1'>`), latin]);
    expect(decode(page(''), 'text/html')).toMatch(/café$/);
    expect(decode(page(''))).toMatch(/café$/);
    expect(decode(page(''), 'text/html; charset=utf-8')).toMatch(/caf\ufffd$/);
    expect(decode(page(''), 'text/plain')).toMatch(/caf\ufffd$/);
    expect(decode(page(' '.repeat(1_024)), 'text/html')).toMatch(/caf\ufffd$/);
  });
});

describe('HTML as Markdown', () => {
  it.each([
    ['<h2>A</h2><p>b <em>c</em></p>', '## A\n\nb *c*'],
    ['<ul><li>a<li>b</ul>', '-   a\n-   b'],
    ['<pre><code class="language-ts">a</code></pre>', '```ts\na\n```'],
    ['<p>a</p>\n\n\n<p>b  </p>', 'a\n\nb'],
    ['<img alt=" a \n b " src=x>', '[image: a b]'],
    ['a<img src=x>b', 'ab'],
    ['<a href="/b?c">d</a>', '[d](<https://example.com/b?c>)'],
    ['<a href="https://other.com/"> d </a>', '[d](<https://other.com/>)'],
    ['<a href="#x">d</a>', 'd'],
    ['<a>d</a>', 'd'],
    ['<a href="javascript:x()">d</a>', 'd'],
    ['<a href="https://"> d</a>', 'd'],
    ['x<a href="/b"></a>y', 'xy'],
    ['<p hidden>a</p>b', 'b'],
    ['<p style="DISPLAY : none">a</p>b', 'b'],
    ['<p style="display:none">a</p>b', 'b'],
    ['<p style="color: red; display  :  none">a</p>b', 'b'],
    ['<p style="visibility:hidden">a</p>b', 'b'],
    ['<p style="visibility  :  hidden">a</p>b', 'b'],
    ['<p style="display: block">a</p>', 'a'],
    [
      '<table><tr><th>a<th>b<tr><td>1|2<td>3<br>4</table>',
      '| a | b |\n| --- | --- |\n| 1\\|2 | 3 4 |',
    ],
    [
      '<table><thead><tr><th>a</thead><tbody><tr><td>1<tr><td>2</tbody></table>',
      '| a |\n| --- |\n| 1 |\n| 2 |',
    ],
    ['<table><tbody><tr><td>1</tbody></table>', '| 1 |\n| --- |'],
    ['a<table></table>b', 'a\n\nb'],
  ])('%s', (html, markdown) => {
    expect(htmlToMarkdown({ html, url: 'https://example.com/a' })).toBe(markdown);
  });

  it.each([
    ...['script', 'style', 'noscript', 'template', 'iframe', 'object', 'canvas', 'audio', 'video'],
    ...['select', 'button', 'dialog', 'svg'],
  ])('leaves out %s', (name) => {
    const html = `a<${name}>unseen</${name}>b`;
    expect(htmlToMarkdown({ html, url: 'https://example.com/' })).not.toContain('unseen');
  });
});
