import { decimals } from '../lab/table.ts';
import type { Part } from './part.ts';

/** The cost of an event must not grow with the run beyond cache effects of the processor. */
export const corePart: Part = {
  name: 'core',
  describe: 'one event with 10 and with 5,000 conversations, one prompt of a prompt file',
  programs: () => ['core-cost'],
  measure: async (lab) => {
    console.error('core: events and prompt files …');
    const cost = await lab.measureCoreCost();
    const { eventAt10Us, eventAt5000Us, promptAt100Us, promptAt1000Us } = cost;
    const table = {
      title: 'core: without any network',
      heads: ['', 'few', 'many'],
      rows: [
        [
          'µs an event (fold and emit), 10 and 5,000 conversations',
          decimals(eventAt10Us, 2),
          decimals(eventAt5000Us, 2),
        ],
        [
          'µs a prompt of a prompt file, 100 and 1,000 prompts',
          decimals(promptAt100Us, 1),
          decimals(promptAt1000Us, 1),
        ],
      ],
    };
    const ratio = (name: string, value: number) =>
      ({ name: `core/${name}`, value, goal: '<= 3', digits: 2 }) as const;
    return {
      tables: [table],
      figures: [
        ratio('event-cost-5000-over-10', eventAt5000Us / eventAt10Us),
        ratio('prompt-cost-1000-over-100', promptAt1000Us / promptAt100Us),
      ],
    };
  },
};
