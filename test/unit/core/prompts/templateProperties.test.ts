// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindTemplate } from '../../../../src/core/prompts/bindTemplate.ts';
import { parseTemplate } from '../../../../src/core/prompts/parseTemplate.ts';
import { templateText } from '../../../../src/core/prompts/template.ts';
import { textIn } from './reading.ts';

const pieces = [
  ...['${', '${file}', '${fileBasename}', '${input:', '${input:a}', '${input:a:b}', '}', ':'],
  ...['{{', '}}', '{{a}}', '{{ b }}', '#file:', '#file:a.md', "#file:'", "'", '.', ','],
  ...['[', ']', '(', ')', '](', '[x](a.md)', '[x](<a b.md>)', '<', '>', '"', '!', '\\'],
  ...['`', '``', '```', '\n', ' ', '\t', '𝄞', '合計', 'a', '__proto__', '\u2028', '\r'],
];
const anyText = fc
  .array(
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'binary' })),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

function read(text: string, attachesLinks: boolean, fenced: ReadonlySet<number> = new Set()) {
  const lines = text.split('\n');
  const isInFence = (line: number) => fenced.has(line);
  return parseTemplate({ lines, numbers: [...lines.keys()], isInFence, attachesLinks });
}

describe('any template', () => {
  it('is parsed without a throw; its parts joined are the text, and each stands where it says', () => {
    const fences = fc.uniqueArray(fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(anyText, fc.boolean(), fences, (text, attachesLinks, fenced) => {
        const template = read(text, attachesLinks, new Set(fenced));
        expect(templateText(template)).toBe(text);
        let before = { line: 0, column: 0 };
        for (const [index, part] of template.entries()) {
          expect(part.source).not.toBe('');
          if (part.kind === 'text') {
            expect(template[index + 1]?.kind).not.toBe('text');
            continue;
          }
          const { line, column, endLine, endColumn } = part.range;
          expect(text.split('\n')[line]?.slice(column, endColumn)).toBe(part.source);
          expect(line === endLine && (line > before.line || column >= before.column)).toBe(true);
          before = { line, column: endColumn };
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('without values is bound to its own text', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const files = { read: () => Promise.reject(new Error('It is not there.')) };
        const bound = await bindTemplate(read(text, true), {
          values: new Map(),
          usual: new Map(),
          files,
          folder: '',
        });
        expect(bound.text).toBe(text);
        expect(bound.open.every(({ kind }) => kind === 'place' || kind === 'input')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('with values has exactly these in place of its variables', async () => {
    const value = fc.string({ unit: 'binary' });
    const piece = fc.oneof(fc.constant('{{a}}'), fc.constant('${input:a}'), fc.constant('x '));
    await fc.assert(
      fc.asyncProperty(fc.array(piece), value, async (written, a) => {
        const files = { read: () => Promise.reject(new Error('No file is read.')) };
        const values = new Map([['a', a]]);
        const bound = await bindTemplate(read(written.join(''), true), {
          values,
          usual: new Map(),
          files,
          folder: '',
        });
        expect(bound.text).toBe(written.map((each) => (each === 'x ' ? each : a)).join(''));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '${input:',
    '{{',
    '{{ ',
    '[x](',
    '[',
    '`',
    '#file:',
    "#file:'",
    '[x](a "',
    '${',
    '` `` ',
  ])('takes time in proportion to its length: %j', (piece) => {
    const text = `${piece.repeat(200_000)}}`;
    expect(templateText(read(text, true))).toBe(text);
  });
});

it('places are those of the document', () => {
  expect(textIn('a\nb ${file} c', { line: 1, column: 2, endLine: 1, endColumn: 9 })).toBe(
    '${file}',
  );
});
