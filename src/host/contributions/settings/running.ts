import { mostConcurrent } from '../../../core/base/limits.ts';
import type { SettingTexts } from './settingText.ts';

/** The built-in tools, in their order. */
const tools = {
  sum_numbers: 'Adds numbers.',
  subtract_numbers: 'Subtracts numbers.',
  multiply_numbers: 'Multiplies numbers.',
  divide_numbers: 'Divides numbers.',
  power_numbers: 'Raises numbers to a power.',
  run_javascript: 'Runs JavaScript that reaches nothing outside of itself.',
  read_file: 'Reads a text file of the workspace.',
  list_files: 'Lists files of the workspace.',
  search_text: 'Searches the text of workspace files.',
  get_diagnostics: 'Lists errors and warnings of the workspace. Only in VS Code.',
  fetch_url: 'Gets a page of the internet as text. Asks, unless a rule allows it.',
  run_command: 'Runs a command line in the workspace folder. Asks, unless a rule allows it.',
  ask_user: 'Asks you a question, and waits for the answer.',
};

/** The settings editor shows a text box: it cannot show both a text and a number. */
const concurrency = {
  type: undefined,
  anyOf: [
    {
      type: 'string',
      pattern: '^(auto|unlimited|[1-9][0-9]?|1[01][0-9]|12[0-8])$',
      patternErrorMessage: `\`auto\`, \`unlimited\`, or a number from 1 to ${mostConcurrent}.`,
    },
    { type: 'integer', minimum: 1, maximum: mostConcurrent },
  ],
};

/** Settings of the group *Running*. */
export const runningSettings: SettingTexts<
  | 'mode'
  | 'concurrency'
  | 'failure'
  | 'tools'
  | 'rules'
  | 'toolExecution'
  | 'cpuTools'
  | 'warmUpCache'
  | 'confirmAbove'
> = {
  mode: {
    description: 'Whether the conversations of a run go on at the same time.',
    choices: {
      concurrent: 'All conversations start at once.',
      serial: 'One conversation after another, for comparison.',
    },
  },
  concurrency: {
    description: `How many model requests may be under way at once for one server: \`auto\`, \`unlimited\`, or a number from 1 to ${mostConcurrent}. With \`auto\` the number goes down when the server says that it is too much, and up again after. The other requests wait.`,
    schema: concurrency,
  },
  failure: {
    description: 'What happens to the other conversations of a run when one fails.',
    choices: {
      keepPartial: 'The others go on, and their answers are kept.',
      allOrNothing: 'The first conversation that fails cancels the rest.',
    },
  },
  tools: {
    description:
      'The tools that conversations may use. If the list is empty, they may use all that calculate or read, and none that changes or sends anything. Read from the user settings only.',
    schema: {
      uniqueItems: true,
      items: {
        type: 'string',
        enum: Object.keys(tools),
        enumDescriptions: Object.values(tools),
      },
    },
  },
  rules: {
    description:
      'Rules for tool calls, one a line, such as `deny run_command(rm *)` or `allow fetch_url(domain:docs.example.com)`. Rules that deny come first, then those that ask, then those that allow. Without a rule, tools that run programs or reach other machines ask. Lines that begin with `#` are comments. Read from the user settings only.',
    schema: { items: { type: 'string' } },
  },
  toolExecution: {
    description:
      'How the tools run that a model asks for in one turn. Conversations run at the same time either way. A prompt file can give its own with the key `toolExecution`.',
    choices: {
      serial: 'One after another, in the order the model asked.',
      parallel: 'Those of a turn at once, if none of them changes anything; otherwise in order.',
    },
  },
  cpuTools: {
    description:
      'Where tools that keep the processor busy run. In worker threads they delay neither VS Code nor other conversations.',
    choices: {
      auto: 'Arithmetic on a few numbers runs where it is called; everything heavier runs in worker threads.',
      workers: 'All calculations run in worker threads.',
    },
  },
  warmUpCache: {
    description:
      "Sends the first request of a run alone until its answer begins, so that the others find the instructions they share in the provider's prompt cache. This costs a little time and saves input cost.",
    advanced: true,
  },
  confirmAbove: {
    description: 'A run with more prompts than this is confirmed before it starts.',
  },
};
