// @vitest-environment jsdom
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { MarkdownElement } from '../../../../media/markdown/markdownElement.ts';
import { maxPieceLength, piecesOf } from '../../../../media/markdown/pieces.ts';
import * as rendering from '../../../../media/markdown/renderAnswer.ts';
import { RenderQueue } from '../../../../media/markdown/renderQueue.ts';

/** The Markdown of every call of the renderer. */
const rendered: string[] = [];

beforeAll(() => {
  const create = rendering.createRenderAnswer;
  vi.spyOn(rendering, 'createRenderAnswer').mockImplementation((window) => {
    const render = create(window);
    return (markdown, keep) => {
      rendered.push(markdown);
      return render(markdown, keep);
    };
  });
  customElements.define('interleave-markdown', MarkdownElement);
});

afterEach(() => {
  document.body.replaceChildren();
  rendered.length = 0;
});

function show(text: string, live = false): MarkdownElement {
  const element = new MarkdownElement();
  document.body.append(element);
  element.source = { text, live };
  return element;
}

const pageText = (element: Element): string =>
  element.querySelector('.pager-place')?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const next = (element: Element) =>
  element.querySelector<HTMLButtonElement>('[aria-label="Next Page"]');
/** A text for each number, so that no two pieces are equal. */
const each = (count: number, textOf: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => textOf(at)).join('');
const table = `| x | y |\n|---|---|\n${each(8_000, (at) => `| a${at} | b |\n`)}`;
const fence = `\`\`\`js\n${each(8_000, (at) => `let a${at} = 1;\n`)}\`\`\`\n\nAfter.\n`;
const line = each(40_000, (at) => `x${at}`);
const paragraphs = each(20_000, (at) => `One two three ${at}.\n\n`);

describe('C75: a huge answer', () => {
  it.each([
    ['a table', table],
    ['a fence of 8,000 lines', fence],
    ['one line', line],
    ['paragraphs', paragraphs],
  ])(
    'is rendered in pieces of a bounded size, the first before the others: %s',
    async (_, text) => {
      const element = show(text);
      await vi.waitFor(() => expect(pageText(element)).toMatch(/^Page 1 of \d+ \([\d.]+ kB\)$/));
      const pages = Number(/of (\d+)/.exec(pageText(element))?.[1]);
      const shownOf = (html: string): number => html.replaceAll(/[\s|`-]/g, '').length;
      let shown = 0;
      for (let page = 1; page <= pages; page++) {
        await vi.waitFor(() => {
          expect(pageText(element)).toMatch(new RegExp(`^Page ${page} of`));
          expect(rendered).toHaveLength(Math.min(page * 3, piecesOf(text).length));
        });
        // Only one page is in the document.
        expect(element.textContent.length).toBeLessThan(3.3 * maxPieceLength);
        for (const piece of element.querySelectorAll(':scope > div:not(.markdown-pager)'))
          shown += shownOf(piece.textContent);
        next(element)?.click();
      }
      expect(Math.max(...rendered.map(({ length }) => length))).toBeLessThan(1.1 * maxPieceLength);
      expect(shown).toBeGreaterThanOrEqual(shownOf(text) - 'jslet'.length);
    },
  );

  it('keeps the meaning of its pieces: rows of a table, lines of code', async () => {
    for (const [text, cells] of [
      [table, 'td'],
      [fence, 'pre'],
    ] as const) {
      const element = show(text);
      await vi.waitFor(() => expect(pageText(element)).not.toBe(''));
      const shown = ':scope > div:not(.markdown-pager)';
      await vi.waitFor(() => expect(element.querySelectorAll(shown)).toHaveLength(3));
      for (const piece of element.querySelectorAll(shown)) {
        expect(piece.querySelector(cells)).not.toBeNull();
      }
      expect(element.textContent).not.toContain('| b |');
    }
  });

  it('is not parsed again while it grows: complete pieces are rendered once', async () => {
    const element = show(paragraphs.slice(0, 100_000), true);
    await vi.waitFor(() => expect(pageText(element)).not.toBe(''));
    for (let length = 100_000; length < 300_000; length += 10_000) {
      element.source = { text: paragraphs.slice(0, length), live: true };
      await new Promise((resolve) => setTimeout(resolve));
    }
    element.source = { text: paragraphs.slice(0, 300_000), live: false };
    await vi.waitFor(() => expect(pageText(element)).toContain('300.0 kB'));
    // The pieces of the first page.
    expect(rendered).toHaveLength(3);
  });

  it('yields to the page: one rendering per task', async () => {
    const queue = new RenderQueue();
    const done: number[] = [];
    let task = 0;
    const tick = (): void => void task++;
    for (let owner = 0; owner < 5; owner++) {
      queue.request({ owner }, () => {
        done.push(task);
        queueMicrotask(tick);
      });
    }
    expect(done).toEqual([]);
    await vi.waitFor(() => expect(done).toEqual([0, 1, 2, 3, 4]));
  });
});

describe('The pieces of a text', () => {
  const block = fc.oneof(
    fc.constant('\n\n'),
    fc.constant('```\n'),
    fc.constant('| a | b |\n|---|---|\n'),
    fc.integer({ min: 0, max: 20_000 }).map((length) => 'x'.repeat(length)),
    fc.constant('😀'.repeat(3_000)),
  );
  const texts = fc.array(block, { maxLength: 30 }).map((blocks) => blocks.join(''));

  it('contain the whole text in order, and none is long', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const pieces = piecesOf(text);
        const last = pieces.map(({ complete }) => complete);
        expect(last.indexOf(false)).toBe(pieces.length - 1);
        // Only what is put before a piece is not part of the text.
        let rest = text;
        for (const { markdown } of pieces) {
          expect(markdown.length).toBeLessThanOrEqual(maxPieceLength + 1_100);
          expect(markdown.isWellFormed()).toBe(true);
          let added = 0;
          while (!rest.startsWith(markdown.slice(added))) added++;
          expect(markdown.length === added && rest !== '').toBe(false);
          rest = rest.slice(markdown.length - added);
        }
        expect(rest).toBe('');
      }),
      { numRuns: 50 },
    );
  });

  it('do not change when text is appended', () => {
    fc.assert(
      fc.property(texts, texts, (text, addition) => {
        const before = piecesOf(text).filter(({ complete }) => complete);
        expect(piecesOf(text + addition).slice(0, before.length)).toEqual(before);
      }),
      { numRuns: 50 },
    );
  });
});
