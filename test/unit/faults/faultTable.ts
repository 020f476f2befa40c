import type { SideName } from '../../support/faults/side.ts';
import type { FaultId, Place } from './cells/cell.ts';

/** Where a fault is tested on one side, or why it cannot happen there. */
export type Coverage =
  /** Matrix cells at all three places. */
  | 'matrix'
  /** Matrix cells at these places only, with the reason. */
  | { readonly places: readonly Place[]; readonly why: string }
  /** A separate test. `title` is part of the text of that file, or of any test file if absent. */
  | { readonly title: string; readonly file?: string }
  | { readonly never: string };

type Row = { readonly [S in SideName]: Coverage };

const everywhere: Row = { anthropic: 'matrix', openai: 'matrix', 'vscode.lm': 'matrix' };

const onEverySide = (title: string, file?: string): Row => {
  const test = file === undefined ? { title } : { title, file };
  return { anthropic: test, openai: test, 'vscode.lm': test };
};

const overHttp = (why: string): Row => ({ ...everywhere, 'vscode.lm': { never: why } });

const firstTurn = {
  places: ['first turn'],
  why: 'A prompt is always the first message.',
} as const;

/** The fault table: each row is tested on each side, or cannot happen there. */
export const faultTable: { readonly [id: FaultId]: Row } = {
  F1: everywhere,
  F2: everywhere,
  F3: everywhere,
  F4: everywhere,
  F5: overHttp("VS Code reports no status: errors of a model's extension are F6."),
  F6: everywhere,
  F7: everywhere,
  F8: overHttp('A stream of parts has no final event: its end is the end of the answer.'),
  F9: everywhere,
  F10: everywhere,
  F11: overHttp('VS Code delivers parts and no bodies.'),
  F12: everywhere,
  F13: overHttp('VS Code does not say why an answer ended.'),
  F14: everywhere,
  F15: {
    anthropic: 'matrix',
    openai: {
      never: 'The Responses API neither pauses turns nor gives stop reasons for complete ones.',
    },
    'vscode.lm': { never: 'VS Code does not say why an answer ended.' },
  },
  F16: everywhere,
  F17: everywhere,
  F18: everywhere,
  F19: everywhere,
  F20: overHttp('VS Code has no error code for it: it is an ordinary error, F6.'),
  F21: everywhere,
  F22: {
    ...onEverySide('F22'),
    'vscode.lm': { never: 'The connection belongs to another extension, which VS Code wakes.' },
  },
  F23: {
    ...onEverySide('F23'),
    'vscode.lm': { never: 'The connection belongs to another extension: its error is F6.' },
  },
  F24: everywhere,
  F25: everywhere,
  F26: everywhere,
  F27: onEverySide(
    'of any kind is never an exception and never a changed record',
    'test/unit/core/journal/damage.test.ts',
  ),
  F28: onEverySide('F28', 'test/unit/faults/reopenedView.test.ts'),
  F29: onEverySide('renaming a file', 'test/unit/core/base/renameFile.test.ts'),
  F30: {
    anthropic: { never: 'No other extension and no VS Code consent is involved.' },
    openai: { never: 'No other extension and no VS Code consent is involved.' },
    'vscode.lm': 'matrix',
  },
  F31: everywhere,
  F32: { anthropic: firstTurn, openai: firstTurn, 'vscode.lm': firstTurn },
};
