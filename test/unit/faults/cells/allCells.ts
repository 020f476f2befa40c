import type { Side } from '../../../support/faults/side.ts';
import type { Cell } from './cell.ts';
import { endingCells } from './endingCells.ts';
import { failureCells } from './failureCells.ts';
import { runCells } from './runCells.ts';
import { textCells } from './textCells.ts';
import { toolCells } from './toolCells.ts';

/** Every test of the matrix for one side. */
export function allCells(side: Side): readonly Cell[] {
  return [
    ...failureCells(side),
    ...endingCells(side),
    ...toolCells(side),
    ...runCells(side),
    ...textCells(side),
  ];
}
