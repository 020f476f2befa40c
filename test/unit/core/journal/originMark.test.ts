import { describe, expect, it } from 'vitest';
import { allOf } from '../../../../src/core/journal/record/firstRecords.ts';
import type {
  PlannedRecord,
  StartRecord,
} from '../../../../src/core/journal/record/journalRecord.ts';
import { OriginMark, startRecords } from '../../../../src/core/journal/runs/originMark.ts';
import { scriptedStart } from '../../../support/panel/runScript.ts';

const origin = new OriginMark(Buffer.from('a key of this installation'));
const started = scriptedStart({ prompts: [{ name: 'a' }, { name: 'b' }] });
const signed = allOf(startRecords(started, { prompts: [] }, { redact: (text) => text, origin }));
const start = signed[0] as StartRecord;
const plans = signed.slice(1) as PlannedRecord[];

describe('the mark of an installation', () => {
  it('is on each of the first records, and shows that they are its own', () => {
    expect(plans).toHaveLength(2);
    expect(origin.isOurs({ start, plans })).toBe(true);
    // A record that is lost says nothing about the others.
    expect(origin.isOurs({ start, plans: plans.slice(1) })).toBe(true);
  });

  it('is of one installation', () => {
    const other = new OriginMark(Buffer.from('the key of another one'));
    expect(other.isOurs({ start, plans })).toBe(false);
  });

  it('does not hold when anything was changed', () => {
    const [first, second] = plans;
    const otherPrompt = { ...first!, planned: { ...first!.planned, prompt: 'Other.' } };
    expect(origin.isOurs({ start, plans: [otherPrompt, second!] })).toBe(false);
    const swapped = { ...first!, conversation: 1 };
    expect(origin.isOurs({ start, plans: [swapped] })).toBe(false);
    expect(origin.isOurs({ start: { ...start, definition: { prompts: ['x'] } }, plans })).toBe(
      false,
    );
    expect(origin.isOurs({ start: { ...start, count: 3 }, plans })).toBe(false);
    const elsewhere = { ...start, started: { ...start.started, id: 'another run' } };
    expect(origin.isOurs({ start: elsewhere, plans })).toBe(false);
  });

  it('does not hold where it is missing, or of another length', () => {
    const { mark: _, ...unmarked } = start;
    expect(origin.isOurs({ start: unmarked, plans })).toBe(false);
    expect(origin.isOurs({ start: { ...start, mark: 'short' }, plans })).toBe(false);
    const { mark: __, ...unmarkedPlan } = plans[0]!;
    expect(origin.isOurs({ start, plans: [unmarkedPlan] })).toBe(false);
    expect(origin.isOurs({ start: undefined, plans })).toBe(false);
  });
});

it('the first records of a run are without marks where no installation has a key', () => {
  const plain = allOf(startRecords(started, null, { redact: (text) => text }));
  expect(plain.map(({ kind }) => kind)).toEqual(['run.start', 'planned', 'planned']);
  for (const record of plain) expect(record).not.toHaveProperty('mark');
});
