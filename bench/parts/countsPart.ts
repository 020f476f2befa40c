import { type CountedWork, countedPrograms, countWork } from '../lab/countedWork.ts';
import type { Figure } from '../lab/figures.ts';
import { workBudgets } from '../lab/workBudgets.ts';
import type { Part } from './part.ts';

const names: { readonly [K in keyof CountedWork]: string } = {
  journalRecords: 'journal records',
  journalWrites: 'journal writes',
  timers: 'timers set',
  parses: 'JSON texts read',
  stringifies: 'JSON texts written',
  abortListeners: 'abort listeners',
  allocatedKb: 'KB allocated',
};

/** Work that is counted, not timed: the same on every machine. A test holds it to its budgets. */
export const countsPart: Part = {
  name: 'counts',
  describe: 'counted work of a conversation: records, writes, timers, parses, allocations',
  programs: () => countedPrograms,
  measure: async (lab, { protocols }) => {
    const columns: CountedWork[] = [];
    const figures: Figure[] = [];
    const keys = Object.keys(names) as (keyof CountedWork)[];
    for (const protocol of protocols) {
      console.error(`counts, ${protocol} …`);
      const work = await countWork(lab, protocol);
      columns.push(work);
      for (const key of keys) {
        const goal = `<= ${workBudgets[protocol][key]}` as const;
        const name = `counts/${protocol}/${names[key].replaceAll(' ', '-')}`;
        figures.push({ name, value: work[key], goal, digits: 0 });
      }
    }
    const rows = keys.map((key) => [names[key], ...columns.map((work) => String(work[key]))]);
    const title = 'counts: one conversation of four requests and six tool calls, journal on';
    return { tables: [{ title, heads: ['', ...protocols], rows }], figures };
  },
};
