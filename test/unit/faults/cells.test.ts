import { describe, it, vi } from 'vitest';
import { sides } from '../../support/faults/side.ts';
import { allCells } from './cells/allCells.ts';
import { cellName } from './cells/cell.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

describe.each(sides)('$name', (side) => {
  for (const cell of allCells(side)) it(cellName(cell), () => cell.play());
});
