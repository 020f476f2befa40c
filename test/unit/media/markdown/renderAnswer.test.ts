// @vitest-environment jsdom
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRenderAnswer } from '../../../../media/markdown/renderAnswer.ts';
import {
  allowedAttributes,
  allowedTags,
  createSanitizer,
} from '../../../../media/markdown/sanitizeHtml.ts';
import { fileReference } from '../../../../src/shared/fileReference.ts';
import { hostileHtml, hostileMarkdown } from './hostileSamples.ts';

const render = createRenderAnswer(window);
const sanitize = createSanitizer(window);

/** Elements that the panel adds to those of the allow-list. */
const addedTags = ['div', 'button', 'span'];
const addedAttributes = [
  ...['title', 'data-target', 'role', 'tabindex', 'aria-label', 'aria-hidden', 'type', 'class'],
  'dir',
];
const addedClasses =
  /^(?:code-block|table-scroll|tool|copy-code|codicon(?:-copy|-pass|-circle-large-outline)?)$/;
/** Of coloured code, tasks and table cells. */
const allowedClasses = /^(?:hljs-[a-z_-]+|[a-z]+_|task-(?:open|done|item)|align-(?:center|right))$/;
/** Attributes that make a browser load or run something. */
const activeAttributes =
  /^(on|style$|src|href$|action|formaction|poster|background|ping|xlink|is$)/;

/** Everything in the fragment that goes beyond the allow-list. */
function intruders(fragment: DocumentFragment, inserted: boolean): string[] {
  const tags = new Set([...allowedTags, ...(inserted ? addedTags : [])]);
  const names = new Set([...allowedAttributes, ...(inserted ? addedAttributes : [])]);
  return [...fragment.querySelectorAll('*')].flatMap((element) => [
    ...(tags.has(element.localName) ? [] : [`<${element.localName}>`]),
    ...(element.namespaceURI === 'http://www.w3.org/1999/xhtml' ? [] : [element.outerHTML]),
    ...[...element.attributes]
      .filter(({ name, value }) => !isFine(name, value, names, inserted))
      .map(({ name, value }) => `${name}=${value}`),
  ]);
}

function isFine(
  name: string,
  value: string,
  names: ReadonlySet<string>,
  inserted: boolean,
): boolean {
  if (!names.has(name)) return false;
  if (name === 'href' || name === 'data-target')
    return /^https?:\/\//i.test(value) || fileReference(value) !== undefined;
  if (name === 'start') return /^\d{1,9}$/.test(value);
  return (
    name !== 'class' ||
    value
      .split(' ')
      .every((one) => allowedClasses.test(one) || (inserted && addedClasses.test(one)))
  );
}

describe('a hostile answer', () => {
  it('is tested with a large corpus', () => {
    expect(hostileHtml.length).toBeGreaterThan(300);
    expect(new Set(hostileHtml).size).toBe(hostileHtml.length);
    expect(hostileMarkdown.length).toBeGreaterThan(800);
    expect(new Set(hostileMarkdown).size).toBe(hostileMarkdown.length);
  });

  it.each(hostileMarkdown.map((sample) => [sample.slice(0, 90), sample]))(
    'renders %j with elements of the allow-list only',
    (_, sample) => {
      const fragment = render(sample, false);
      expect(intruders(fragment, true)).toEqual([]);
      const active = [...fragment.querySelectorAll('*')]
        .flatMap((element) => [...element.attributes])
        .filter(({ name }) => activeAttributes.test(name));
      expect(active).toEqual([]);
    },
  );

  it.each(hostileHtml.map((sample) => [sample.slice(0, 90), sample]))(
    'sanitizes %j on its own, without the Markdown renderer in front',
    (_, sample) => {
      expect(intruders(sanitize(sample), false)).toEqual([]);
    },
  );

  it('lets nothing through for random combinations of attacks', () => {
    const pieces = [
      '<',
      '>',
      '</',
      '"',
      "'",
      '=',
      ' ',
      '\n',
      '`',
      '|',
      '[x](',
      ')',
      '![',
      ']',
      '-->',
    ];
    const words = [
      'script',
      'img',
      'svg',
      'math',
      'style',
      'a href',
      'onerror',
      'javascript:',
      '//',
    ];
    const text = fc.array(fc.constantFrom(...pieces, ...words), { maxLength: 40 });
    fc.assert(
      fc.property(text, (parts) => {
        const sample = parts.join('');
        expect(intruders(render(sample, false), true)).toEqual([]);
        expect(intruders(sanitize(sample), false)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

/** The rendered answer as HTML. */
function html(markdown: string): string {
  const holder = document.createElement('div');
  holder.append(render(markdown, true));
  return holder.innerHTML;
}

describe('a friendly answer', () => {
  it('is rendered as Markdown', () => {
    const text = html('# T\n\n**b** *i* ~~s~~ `c`\n\n3. x\n\n> q\n\n---\n');
    expect(text).toContain('<h2 dir="auto">T</h2>');
    expect(text).toContain('<strong>b</strong> <em>i</em> <s>s</s> <code dir="ltr">c</code>');
    expect(text).toMatch(/<ol start="3"[ >]/);
    expect(text).toMatch(/<blockquote[ >]/);
    expect(text).toContain('<hr>');
  });

  it('keeps the alignment of table columns as classes', () => {
    const text = html('| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |');
    expect(text).toContain('<td dir="auto">1</td>');
    expect(text).toContain('<td class="align-center" dir="auto">2</td>');
    expect(text).toContain('<td class="align-right" dir="auto">3</td>');
  });

  it.each([
    ['![a](https://img.example:8080/a.png?q=1)', '[image: img.example:8080]'],
    ['![a](data:image/png;base64,AAAA)', '[image: embedded data]'],
    ['![a](chart.png)', '[image: local file]'],
  ])('shows the image %s as the text %s', (markdown, text) => {
    expect(html(markdown)).toContain(text);
  });

  it('has links without targets that a browser could follow, and shows where they lead', () => {
    const fragment = render('[docs](https://example.com/a?b=1)', false);
    const link = fragment.querySelector('a');
    expect(link?.hasAttribute('href')).toBe(false);
    expect(link?.title).toBe('https://example.com/a?b=1');
    expect(link?.dataset.target).toBe('https://example.com/a?b=1');
    expect(link?.tabIndex).toBe(0);
  });

  it('shows HTML as text', () => {
    expect(render('a <b>bold</b> word', false).textContent).toBe('a <b>bold</b> word\n');
  });

  it('has a copy button for code blocks', () => {
    const fragment = render('```ts\nconst a = 1;\n```', false);
    expect(fragment.querySelector('.code-block > pre')?.textContent).toBe('const a = 1;\n');
    expect(fragment.querySelector('.code-block > button')?.getAttribute('aria-label')).toBe(
      'Copy Code',
    );
  });

  it('is rendered again after it was inserted elsewhere', () => {
    const first = render('same *text*', true);
    document.createElement('div').append(first);
    expect(render('same *text*', true).textContent).toBe('same text\n');
  });

  it('survives fifty thousand nested quotes, and says that some are left out', () => {
    expect(render('>'.repeat(50_000), false).textContent).toContain('left out');
  });

  it.each(['> ', '- '])('shows the text in nested %j, or says that it does not', (mark) => {
    for (let depth = 1; depth < 30; depth++) {
      const text = render(`${mark.repeat(depth)}treasure`, false).textContent ?? '';
      expect(text.includes('treasure')).toBe(!text.includes('left out'));
    }
  });
});

describe('C78: the direction of an answer', () => {
  const dirs = (markdown: string, selector: string): readonly string[] =>
    [...render(markdown, false).querySelectorAll<HTMLElement>(selector)].map(({ dir }) => dir);

  it('is set for each paragraph, heading and cell', () => {
    const markdown = '# שלום\n\nשלום!\n\nHello.\n\n| א | b |\n|---|---|\n| ג | d |\n';
    const found = dirs(markdown, 'h2, p, th, td');
    expect(found).toHaveLength(7);
    expect(new Set(found)).toEqual(new Set(['auto']));
  });

  it.each([
    ['a list', '1. שלום!\n2. Hello.\n', 'ol', 'rtl'],
    ['a loose list', '- שלום\n\n- עולם\n', 'ul', 'rtl'],
    ['a list of Arabic', '- ١) مرحبا\n', 'ul', 'rtl'],
    ['a list that begins with code', '- `npm` מתקין\n', 'ul', 'rtl'],
    ['a list that begins with a number', '- 12 שעות\n', 'ul', 'rtl'],
    ['a list of English with a Hebrew word', '- The word שלום\n', 'ul', 'ltr'],
    ['a quote', '> שלום\n', 'blockquote', 'rtl'],
    ['a table', '| שם | n |\n|---|--:|\n| א | 1 |\n', 'table', 'rtl'],
    ['a table of numbers', '| 1 | 2 |\n|---|---|\n| 3 | 4 |\n', 'table', 'ltr'],
  ])('is that of the first letter in %s', (_what, markdown, selector, dir) => {
    expect(dirs(markdown, selector)).toEqual([dir]);
  });

  it('is set for a nested list separately', () => {
    expect(dirs('- שלום\n  - Hello\n', 'ul')).toEqual(['rtl', 'ltr']);
  });

  it('is left to right for code, in blocks and in text', () => {
    const markdown = '```\nשלום\n```\n\nשלום `קוד`\n';
    expect(dirs(markdown, 'pre, code, .code-block')).toEqual(['', 'ltr', 'ltr', 'ltr']);
  });

  it('makes a wide table scroll from its own side', () => {
    expect(dirs('| שם | n |\n|---|--:|\n| א | 1 |\n', '.table-scroll')).toEqual(['rtl']);
  });
});

describe('hidden characters in an answer', () => {
  const shown = (markdown: string): string => render(markdown, false).textContent ?? '';

  it.each([
    ['a fenced block', '```js\nif (a\u202e) {}\n```', 'if (a[U+202E]) {}'],
    ['an indented block', '    pass\u200bword', 'pass[U+200B]word'],
    ['a code span', 'Run `rm\u{e0020}`.', 'Run rm[U+E0020].'],
    ['a paragraph', 'in\u2066line', 'in[U+2066]line'],
    ['the text of a link', '[a\u202eb](https://example.com)', 'a[U+202E]b'],
  ])('are spelled out in %s', (_where, markdown, text) => {
    expect(shown(markdown).trim()).toBe(text);
  });

  it('form no link with the brackets around them', () => {
    expect(render('\u202e(src/cart.ts)', false).querySelector('a')).toBeNull();
  });

  it('are kept where emoji and Persian need them', () => {
    const text = 'می‌خواهم 👩🏽‍🚀';
    expect(shown(`\`${text}\``).trim()).toBe(text);
  });
});

describe('links in an answer', () => {
  const links = (markdown: string) =>
    [...render(markdown, false).querySelectorAll<HTMLElement>('a[data-target]')].map(
      ({ dataset, textContent }) => [textContent, dataset.target],
    );

  it.each([
    ['[the cart](src/cart.ts#L2)', 'the cart', 'src/cart.ts#L2'],
    ['[the cart](./src/cart.ts:2)', 'the cart', './src/cart.ts:2'],
    ['[cart](cart.ts:2)', 'cart', 'cart.ts:2'],
    ['See `src/cart.ts`.', 'src/cart.ts', 'src/cart.ts'],
    ['See `cart.ts:12`.', 'cart.ts:12', 'cart.ts:12'],
    ['It is in src/cart.ts:2, I think.', 'src/cart.ts:2', 'src/cart.ts:2'],
    ['See https://example.com/a?b=1.', 'https://example.com/a?b=1', 'https://example.com/a?b=1'],
  ])('%s', (markdown, text, target) => {
    expect(links(markdown)).toEqual([[text, target]]);
  });

  it.each([
    ...['[x](../secret.txt)', '[x](file:///etc/passwd)', '[x](//evil.example/a.ts)', 'a.b:c'],
    ...['[x](command:foo)', '[x](vscode://x/y.ts)', '[x](src/../../a.ts:2)', 'version 1.2:3'],
    ...['example.com', 'me@example.com', '`npm test`', '`a.ts`', 'ftp://example.com/a'],
  ])('none in %s', (markdown) => {
    expect(links(markdown)).toEqual([]);
  });

  it('are never nested', () => {
    const link = render('[see `src/a.ts` and src/b.ts:1](https://example.com)', false);
    expect(link.querySelectorAll('a')).toHaveLength(1);
  });
});

describe('code in an answer', () => {
  it('is coloured in a known language, and has a copy button', () => {
    const block = render('```ts\nconst a = "b"; // c\n```', false);
    expect(block.querySelector('.hljs-keyword')?.textContent).toBe('const');
    expect(block.querySelector('.hljs-string')?.textContent).toBe('"b"');
    expect(block.querySelector('pre')?.textContent).toBe('const a = "b"; // c\n');
    expect(block.querySelector('.copy-code')).not.toBeNull();
  });

  it('is plain in an unknown language, and when it is long', () => {
    for (const code of ['```klingon\nlet\n```', `\`\`\`js\n${'let a;\n'.repeat(2_000)}\`\`\``])
      expect(render(code, false).querySelector('[class^="hljs"]')).toBeNull();
  });

  it('stays text, whatever it says', () => {
    const block = render('```html\n<img src=x onerror=alert(1)>\n```', false);
    expect(block.querySelector('img')).toBeNull();
    expect(block.querySelector('pre')?.textContent).toBe('<img src=x onerror=alert(1)>\n');
  });
});

describe('a list of tasks', () => {
  it('shows which are done, also to a screen reader', () => {
    const list = render('- [x] write\n- [ ] test\n- [y] other', false);
    const marks = [...list.querySelectorAll('[role="img"]')];
    expect(marks.map((mark) => mark.getAttribute('aria-label'))).toEqual(['done', 'to do']);
    expect(list.textContent?.replace(/\s+/g, ' ').trim()).toBe('write test [y] other');
  });
});
