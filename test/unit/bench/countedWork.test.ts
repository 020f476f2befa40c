import { describe, expect, it } from 'vitest';
import { type CountedWork, countedPrograms, countWork } from '../../../bench/lab/countedWork.ts';
import { protocols } from '../../../bench/lab/options.ts';
import { withLab } from '../../../bench/lab/processes.ts';
import { workBudgets } from '../../../bench/lab/workBudgets.ts';

describe('The counted work of a conversation', () => {
  it.each(protocols)('over %s stays within its budgets', async (protocol) => {
    let counted: CountedWork | undefined;
    await withLab(countedPrograms, async (lab) => {
      counted = await countWork(lab, protocol);
    });
    const work = Object.entries(counted ?? {});
    // A count of 0 means that the work is no longer seen, not that none is done.
    expect(work.filter(([, count]) => count <= 0)).toEqual([]);
    const budgets: { readonly [name: string]: number } = { ...workBudgets[protocol] };
    expect(work.map(([name]) => name).sort()).toEqual(Object.keys(budgets).sort());
    const over = work.filter(([name, count]) => count > (budgets[name] ?? 0));
    expect(over).toEqual([]);
  });
});
