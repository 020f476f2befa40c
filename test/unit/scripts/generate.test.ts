import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { changedLines } from '../../../scripts/generate/changedLines.ts';
import { generatedFiles } from '../../../scripts/generate/generatedFiles.ts';
import { withLimitRows } from '../../../scripts/generate/limitsPage.ts';
import { withContributions } from '../../../scripts/generate/manifest.ts';

const root = path.join(import.meta.dirname, '../../..');

function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8').replaceAll('\r\n', '\n');
}

describe('Generated files', () => {
  it.each(generatedFiles)('$file is as it would be written', ({ file, generate }) => {
    const current = textOf(file);
    expect(changedLines(current, generate(current))).toBe(sameLines);
    expect(generate(current)).toBe(current);
  });
});

const sameLines = 'The same lines stand in another order.';

describe('The manifest', () => {
  const current = textOf('package.json');

  it('gets back a command, a setting and a restriction that were taken out', () => {
    const { contributes, capabilities, ...rest } = JSON.parse(current);
    const { untrustedWorkspaces } = capabilities;
    const bare = {
      ...rest,
      capabilities: {
        ...capabilities,
        untrustedWorkspaces: { ...untrustedWorkspaces, restrictedConfigurations: [] },
      },
      contributes: { ...contributes, commands: [], configuration: [] },
    };
    expect(JSON.parse(withContributions(JSON.stringify(bare)))).toEqual(JSON.parse(current));
  });

  it('keeps everything else, in its order', () => {
    const bare = current.replace(
      '"version": "',
      '"homepage": "https://example.org",\n  "version": "9.',
    );
    const written = withContributions(bare);
    expect(Object.keys(JSON.parse(written))).toEqual(Object.keys(JSON.parse(bare)));
    expect(JSON.parse(written)).toMatchObject({ homepage: 'https://example.org' });
    expect(written).toBe(bare);
  });
});

describe('The page of limits', () => {
  const current = textOf('docs/limits.md');

  it('gets back a row that was taken out, and keeps its text', () => {
    const row = /^\| `toolSeconds`: .*\n/m;
    expect(current).toMatch(row);
    expect(withLimitRows(current.replace(row, ''))).toBe(current);
    const more = current.replace('# Limits\n', '# Limits\n\nMore text.\n');
    expect(withLimitRows(more)).toBe(more);
  });

  it('is not written where its tables are not found', () => {
    expect(() => withLimitRows('# Limits\n')).toThrow('0 tables');
  });
});

describe('What differs', () => {
  it.each([
    ['a changed line', 'a\nb\nc', 'a\nB\nc', '- b\n+ B'],
    ['a line that stands there twice', 'a\na\n', 'a\n', '- a'],
    ['the order alone', 'a\nb', 'b\na', sameLines],
  ])('shows %s', (_what, before, after, shown) => {
    expect(changedLines(before, after)).toBe(shown);
  });

  it('is cut where it is long', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`);
    expect(changedLines(lines.join('\n'), 'x').split('\n')).toHaveLength(41);
    expect(changedLines(lines.join('\n'), 'x')).toContain('… and 21 more lines');
  });
});
