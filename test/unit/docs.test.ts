import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

/** Where a path in the docs may begin. */
const beginnings = ['', 'src', 'src/core'];

/** A row of a table, an item of a list or a paragraph. A file may stand there after its folder, by its name alone. */
function blocksOf(text: string): readonly string[] {
  return text.replaceAll(/^```[\s\S]*?^```/gm, '').split(/\n(?=\||- |\n)/);
}

/** Texts in backticks that name a file or a folder. */
function pathsIn(block: string): readonly string[] {
  const quoted = [...block.matchAll(/`([^`\s]+)`/g)].map(([, text = '']) => text);
  const isPath = (text: string): boolean =>
    /^[\w.-]+(?:\/[\w.-]*)*$/.test(text) &&
    (text.includes('/') || /\.[cm]?[jt]s$/.test(text) || topFolders.includes(text));
  return quoted.filter(isPath);
}

const topFolders = ['bench', 'docs', 'media', 'scripts', 'src', 'test'];

function missingIn(text: string): readonly string[] {
  return blocksOf(text).flatMap((block) => {
    const places = new Set(beginnings);
    return pathsIn(block).filter((name) => {
      const found = [...places]
        .map((place) => path.join(root, place, name))
        .find((file) => existsSync(file));
      if (found === undefined) return true;
      const isFolder = statSync(found).isDirectory();
      places.add(path.relative(root, isFolder ? found : path.dirname(found)));
      return false;
    });
  });
}

describe('The maps of the source', () => {
  it.each(['docs/architecture.md', 'CONTRIBUTING.md'])(
    'name only files and folders that exist (%s)',
    (page) => {
      const text = readFileSync(path.join(root, page), 'utf8');
      expect(missingIn(text)).toEqual([]);
    },
  );

  it('are read completely', () => {
    const text =
      '| `core/base/limits.ts`, `text.ts`, `gone.ts` | `core/nowhere/` |\n| `text.ts` |\n';
    expect(missingIn(text)).toEqual(['gone.ts', 'core/nowhere/', 'text.ts']);
    const map = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');
    expect(blocksOf(map).flatMap(pathsIn).length).toBeGreaterThan(80);
  });
});

describe('The decisions', () => {
  it('are numbered from 1 without gaps, as their titles say', () => {
    const folder = path.join(root, 'docs/decisions');
    const titles = readdirSync(folder).map((name) => ({
      file: Number(name.slice(0, 4)),
      title: Number(/^# (\d+)\. /.exec(readFileSync(path.join(folder, name), 'utf8'))?.[1]),
    }));
    expect(titles).toEqual(titles.map((_, at) => ({ file: at + 1, title: at + 1 })));
  });
});
