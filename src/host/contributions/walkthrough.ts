import { type CommandName, commands, views } from '../contributionIds.ts';
import { commandLink } from './views.ts';

interface Step {
  readonly id: string;
  readonly title: string;
  readonly description: readonly string[];
  /** A command or a view; the step is done when one of them was used. */
  readonly doneBy: readonly (CommandName | 'runsView')[];
}

/** Its pages are `media/walkthrough/<id>.md`. */
const steps: readonly Step[] = [
  {
    id: 'examples',
    title: 'Run the examples',
    description: [
      'The built-in demo model needs no key and no network. Its answers are simulated.',
      commandLink('openExamples'),
      'Then choose Run All above the first line.',
    ],
    doneBy: ['openExamples'],
  },
  {
    id: 'results',
    title: 'Read the results',
    description: [
      'The results open beside the editor. The Runs view of the side bar lists every run.',
      commandLink('showLog'),
    ],
    doneBy: ['runsView', 'showLog'],
  },
  {
    id: 'prompts',
    title: 'Write prompts of your own',
    description: [
      'In a file named *.prompts.md every ## heading starts a prompt. Text that is selected in any editor can be run as a prompt, too.',
      commandLink('newPromptFile'),
    ],
    doneBy: ['newPromptFile'],
  },
  {
    id: 'model',
    title: 'Choose who answers',
    description: [
      'For Anthropic or OpenAI, set an API key. A server on this machine needs none.',
      commandLink('setApiKey'),
      commandLink('selectModel'),
    ],
    doneBy: ['setApiKey', 'selectModel'],
  },
];

export function walkthroughs() {
  return [
    {
      id: 'start',
      title: 'Get Started with Interleave',
      description: 'Run many prompts at once, and read the answers in order.',
      steps: steps.map(({ id, title, description, doneBy }) => ({
        id,
        title,
        description: description.join('\n'),
        media: { markdown: `media/walkthrough/${id}.md` },
        completionEvents: doneBy.map((event) =>
          event === 'runsView' ? `onView:${views.runs}` : `onCommand:${commands[event]}`,
        ),
      })),
    },
  ];
}
