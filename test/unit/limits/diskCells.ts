import { addLimit } from '../../../src/cli/limitOptions.ts';
import { defaultLimitValues } from '../../../src/core/base/limits.ts';
import { journalLimits } from '../../../src/core/journal/journalLimits.ts';
import type { JournalRecord } from '../../../src/core/journal/record/journalRecord.ts';
import { create, createMachine } from '../../support/journal/testEnvironment.ts';
import type { Cell } from './cell.ts';

/** Limits on saved data. */
export const diskCells = {
  journalWarnMB: {
    limit: 1,
    scale: 1_000_000,
    ends: ['no note', 'a note', 'a note'],
    take: async (bytes, args) => (await writeJournal(bytes, args)).large,
  },
  journalStopMB: {
    limit: 1,
    scale: 1_000_000,
    ends: ['saved', 'saved', 'no longer saved'],
    take: async (bytes, args) => (await writeJournal(bytes, args)).saved,
  },
} satisfies { readonly [name: string]: Cell };

const note = (length: number): JournalRecord => ({ kind: 'note', text: 'x'.repeat(length) });

/** Writes a journal of this many bytes. */
async function writeJournal(bytes: number, [, setting = '']: readonly string[]) {
  const limits = journalLimits({ ...defaultLimitValues, ...addLimit(setting) });
  const writer = await create(createMachine(), { limits });
  let large = 'no note';
  let saved = 'saved';
  writer.onDidNote(() => {
    large = 'a note';
  });
  writer.onDidChange(() => {
    const { kind = 'saved' } = writer.failure ?? {};
    saved = kind === 'journal_full' ? 'no longer saved' : kind;
  });
  writer.append(note(1_000));
  const around = writer.bytes - 1_000;
  // Each result is too small for its own file; the last one makes the total exact.
  for (let left = bytes - writer.bytes; left > 0; left = bytes - writer.bytes) {
    const next = left > 300_000 ? 200_000 : left;
    writer.append(note(next - around));
    if (saved !== 'saved') break;
  }
  if (saved === 'saved' && writer.bytes !== bytes) throw new Error(`It has ${writer.bytes} bytes.`);
  return { large, saved };
}
