import { type CommandName, commands, views } from '../contributionIds.ts';
import { commandLink } from './views.ts';

interface Step {
  readonly id: string;
  readonly title: string;
  readonly description: readonly string[];
  /** The step is complete when one of these commands or views has been used. */
  readonly doneBy: readonly (CommandName | 'runsView')[];
}

/** The page of each step is `media/walkthrough/<id>.md`. */
const steps: readonly Step[] = [
  {
    id: 'examples',
    title: 'Run the examples',
    description: [
      'The built-in demo model needs no key and no network. Its answers are simulated.',
      commandLink('openExamples'),
      'Then select Run All above the first line.',
    ],
    doneBy: ['openExamples'],
  },
  {
    id: 'results',
    title: 'Read the results',
    description: [
      'The results open beside the editor. The Runs view lists every run.',
      commandLink('showLog'),
    ],
    doneBy: ['runsView', 'showLog'],
  },
  {
    id: 'prompts',
    title: 'Write your own prompts',
    description: [
      'In a *.prompts.md file, each ## heading starts a prompt. You can also select text in any editor and run it as a prompt.',
      commandLink('newPromptFile'),
    ],
    doneBy: ['newPromptFile'],
  },
  {
    id: 'model',
    title: 'Select a model',
    description: [
      'For Anthropic or OpenAI, set an API key. A server on this machine needs none.',
      commandLink('setApiKey'),
      commandLink('selectModel'),
    ],
    doneBy: ['setApiKey', 'selectModel'],
  },
];

/** `contributes.walkthroughs`. */
export function walkthroughs() {
  return [
    {
      id: 'start',
      title: 'Get Started with Interleave',
      description: 'Run many prompts at the same time and read the answers in order.',
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
