import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { sides } from '../../support/faults/side.ts';
import { allCells } from './cells/allCells.ts';
import type { FaultId } from './cells/cell.ts';
import { cellName, places } from './cells/cell.ts';
import { type Coverage, faultTable } from './faultTable.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

const faults = Array.from({ length: 32 }, (_, index): FaultId => `F${index + 1}`);

describe.each(sides)('the fault table ($name)', (side) => {
  const cells = allCells(side);
  const placesOf = (fault: FaultId) =>
    places.filter((place) => cells.some((cell) => cell.fault === fault && cell.place === place));

  it.each(faults)('%s is tested, or cannot happen', (fault) => {
    const coverage = faultTable[fault]?.[side.name];
    expect(coverage).toBeDefined();
    expect(placesOf(fault)).toEqual(placesIn(coverage!));
    if (typeof coverage !== 'object') return;
    if ('title' in coverage) expect(filesWith(coverage)).not.toEqual([]);
    if ('never' in coverage) expect(coverage.never).toMatch(/^\p{Lu}.{20,}\.$/u);
  });

  it('has no cell of another row, and no duplicate', () => {
    expect(cells.filter(({ fault }) => !faults.includes(fault))).toEqual([]);
    expect(cells.filter((cell) => cell.side !== side.name)).toEqual([]);
    expect(new Set(cells.map(cellName)).size).toBe(cells.length);
  });
});

/** Test files that contain a test with this title. */
function filesWith({ title, file }: { readonly title: string; readonly file?: string }) {
  const all = readdirSync('test/unit', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => `test/unit/${path}`);
  const begins = new RegExp(`['"\`][^'"\`\n]*${title}\\b`);
  return (file === undefined ? all : [file]).filter((path) =>
    begins.test(readFileSync(path, 'utf8')),
  );
}

/** The places at which a row has matrix cells. */
function placesIn(coverage: Coverage): readonly string[] {
  if (coverage === 'matrix') return places;
  return 'places' in coverage ? coverage.places : [];
}
